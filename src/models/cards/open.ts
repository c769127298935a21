import type { Card, Price } from '../card.ts'

/**
 * Common open models under the names that servers give them. Their limits are those of the vendor's model card; a server
 * may be started with less. A price of 0 is not known or is one's own hardware: the configuration's `models` sets it.
 * What they take depends on the server more than on the model, so nothing is adapted for them.
 */
const unknownPrice: Price = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWriteLong: 0 }
const K = 1_024

function card(id: string, contextTokens: number, aliases: readonly string[]): Card {
  return {
    id,
    aliases,
    vendor: 'open',
    contextTokens,
    outputTokensMax: contextTokens,
    tokenizer: 'open',
    priceUsdPerMTok: unknownPrice,
    reads: [],
    uncertain: ['contextTokens', 'outputTokensMax', 'priceUsdPerMTok'],
    source: "vendor's model card",
    asOf: '2025-12-31',
  }
}

export const openCards: readonly Card[] = [
  card('openai/gpt-oss-120b', 128 * K, ['gpt-oss-120b', 'gpt-oss:120b']),
  card('openai/gpt-oss-20b', 128 * K, ['gpt-oss-20b', 'gpt-oss:20b']),
  card('meta-llama/Llama-3.3-70B-Instruct', 128 * K, ['llama-3.3-70b-instruct', 'llama3.3']),
  card('meta-llama/Llama-4-Maverick-17B-128E-Instruct', 1_024 * K, ['llama-4-maverick']),
  card('Qwen/Qwen3-235B-A22B-Instruct-2507', 256 * K, ['qwen3-235b-a22b-instruct-2507']),
  card('Qwen/Qwen3-Coder-480B-A35B-Instruct', 256 * K, [
    'qwen3-coder-480b-a35b-instruct',
    'qwen3-coder:480b',
  ]),
  card('deepseek-ai/DeepSeek-V3.1', 128 * K, ['deepseek-v3.1']),
  card('deepseek-ai/DeepSeek-V3.2', 128 * K, ['deepseek-v3.2']),
  card('mistralai/Mistral-Small-3.2-24B-Instruct-2506', 128 * K, ['mistral-small-3.2']),
  card('zai-org/GLM-4.6', 200_000, ['glm-4.6']),
  card('moonshotai/Kimi-K2-Instruct-0905', 256 * K, ['kimi-k2-0905']),
]
