// An engine in your own process: npm run example:embed
import { createEngine, simulated } from '../src/index.ts'

const engine = createEngine({
  pools: {
    opus: { workers: [simulated({ model: 'claude-opus-5-5' })] },
    haiku: { workers: [simulated({ model: 'claude-haiku-5-5', latencyMs: 100, count: 2 })] },
  },
  routes: { strategic: ['opus', 'haiku'], tactical: ['opus'], simple: ['haiku', 'opus'] },
})
const reply = await engine.send({
  content: 'Compare the approaches and recommend a strategy',
  priority: 'high',
})
console.log(`${reply.decision.class} → ${reply.decision.worker}: ${reply.text}`)
await engine.close()
