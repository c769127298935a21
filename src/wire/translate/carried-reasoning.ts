/**
 * Reasoning of one vendor on its way through a client of the other. Both vendors give their reasoning out sealed, and
 * want it back with the next request; clients keep such seals unread. So a seal of one is wrapped into the other's,
 * with a mark of ours and the model that alone can read it. What does not carry the mark of the vendor and the model
 * that the request goes to is never sent there: a foreign seal is refused, or what it holds is lost unseen.
 */
export interface CarriedReasoning {
  readonly vendor: 'anthropic' | 'openai'
  readonly model: string
  /** What else must come back with the seal; the vendor's own words. */
  readonly label: string
  readonly seal: string
}

/** What everything that is wrapped here begins with. */
export const MARK = 'signalbox-reasoning-1'

export function wrapReasoning({ vendor, model, label, seal }: CarriedReasoning): string {
  return [MARK, vendor, encodeURIComponent(model), encodeURIComponent(label), seal].join(':')
}

/** @returns undefined for what was not wrapped here. */
export function unwrapReasoning(wrapped: unknown): CarriedReasoning | undefined {
  if (typeof wrapped !== 'string' || !wrapped.startsWith(`${MARK}:`)) return undefined
  const [, vendor, model, label, ...seal] = wrapped.split(':')
  if (vendor !== 'anthropic' && vendor !== 'openai') return undefined
  if (model === undefined || label === undefined) return undefined
  try {
    return {
      vendor,
      model: decodeURIComponent(model),
      label: decodeURIComponent(label),
      seal: seal.join(':'),
    }
  } catch {
    return undefined
  }
}
