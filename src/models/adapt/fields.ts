import { asArray, asObject } from '../../wire/json-value.ts'
import { removeField, type Rule } from './rewrite.ts'

/** Fields of single models: what the other one does not take goes, and with it the beta value that belongs to it. */
export const adaptFields: Rule = (rewrite) => {
  const { draft, to } = rewrite
  if (draft.get('speed') === 'fast' && !takesFast(to.fast, rewrite.betas))
    removeField(rewrite, ['speed'], ['fast-mode-'])
  if (to.taskBudget === false) {
    if (draft.has('task_budget')) removeField(rewrite, ['task_budget'], ['task-budgets-'])
    if (draft.member('output_config', 'task_budget') !== undefined)
      removeField(rewrite, ['output_config', 'task_budget'], ['task-budgets-'])
  }
  if (to.structuredOutput === false && draft.member('output_config', 'format') !== undefined)
    removeField(rewrite, ['output_config', 'format'], ['structured-outputs-'])
  return undefined
}

/** Where the model wants a beta value for it, only what the caller sends can carry it. */
function takesFast(fast: boolean | string | undefined, betas: readonly string[]): boolean {
  return typeof fast === 'string' ? betas.includes(fast) : fast !== false
}

/** Where a request may be worked on is not ours to forget: other than the field’s default it is refused. */
export const refuseRegion: Rule = (rewrite) => {
  const { draft, to, model } = rewrite
  if (to.inferenceGeo !== false || !draft.has('inference_geo')) return undefined
  const region = draft.get('inference_geo')
  if (region !== undefined && region !== 'global') {
    return {
      path: 'inference_geo',
      sentence: `${model} does not take inference_geo: leave it out, or ask for a model that can be held to a region.`,
    }
  }
  removeField(rewrite, ['inference_geo'])
  return undefined
}

/** Editing of the context stays; compaction goes where the model has none. */
export const adaptContextManagement: Rule = (rewrite) => {
  const { draft, losses, to } = rewrite
  const edits = asArray(draft.member('context_management', 'edits'))
  if (to.compaction !== false || !edits) return undefined
  const kept = edits.filter((edit) => !isCompaction(edit))
  if (kept.length === edits.length) return undefined
  if (kept.length === 0) removeField(rewrite, ['context_management'], ['compact-', 'context-management-'])
  else {
    draft.setMember('context_management', 'edits', kept)
    losses.removed('context_management.edits')
    for (const beta of rewrite.betas) if (beta.startsWith('compact-')) rewrite.betasRemoved.add(beta)
  }
  return undefined
}

function isCompaction(edit: unknown): boolean {
  const type = asObject(edit)?.['type']
  return typeof type === 'string' && type.startsWith('compact')
}

/** `"default"` is taken by all. Of a list only those stay that the model may fall back to. */
export const adaptFallbacks: Rule = (rewrite) => {
  const { draft, losses, to } = rewrite
  const list = asArray(draft.get('fallbacks'))
  const allowed = to.fallbacks
  if (!list || !allowed) return undefined
  const kept = list.filter((entry) => allowed.includes(String(asObject(entry)?.['model'])))
  if (kept.length === list.length) return undefined
  if (kept.length === 0) removeField(rewrite, ['fallbacks'], ['server-side-fallback-'])
  else {
    draft.set('fallbacks', kept)
    losses.removed('fallbacks')
  }
  return undefined
}

/** Beside a toolset this value is refused; it belongs to the single tools that the toolset replaced. */
export const adaptToolsetBetas: Rule = ({ shape, betas, betasRemoved }) => {
  if (!shape.toolTypes.some((type) => type.startsWith('computer_toolset_'))) return undefined
  for (const beta of betas) if (beta.startsWith('fine-grained-tool-streaming-')) betasRemoved.add(beta)
  return undefined
}
