import type { Wire } from '../core/wire.ts'

/** Whose model a name is; a name that says nothing belongs to the protocol's own vendor. */
export function vendorOf(model: string, wire: Wire): 'anthropic' | 'openai' {
  if (model.startsWith('claude-')) return 'anthropic'
  if (/^(gpt-|o\d|chatgpt-)/.test(model)) return 'openai'
  return wire === 'anthropic' ? 'anthropic' : 'openai'
}
