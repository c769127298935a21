/** An upstream that answers every POST with the same reply of about 1 KB. */
import { createServer } from 'node:http'

const text = 'The quick brown fox jumps over the lazy dog. '.repeat(16)
const reply = JSON.stringify({
  id: 'msg_01',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-5-5',
  content: [{ type: 'text', text }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 100, output_tokens: 50 },
})

createServer((req, res) => {
  req.resume()
  req.on('end', () => {
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(reply) })
    res.end(reply)
  })
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'))
