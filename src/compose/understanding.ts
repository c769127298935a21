/** What a message is: packs, cascade, cache, and the breaker before them. */
import { createClassifier } from '../classify/cascade.ts'
import type { Classifier } from '../classify/classifier.ts'
import { loadClassesModel } from '../classify/load-model.ts'
import { loadPacks } from '../classify/load-packs.ts'
import type { ClassesModel } from '../classify/learned/learned-model.ts'
import type { Config } from '../config/schema.ts'
import { SignalboxError } from '../core/errors.ts'
import type { System } from '../core/system.ts'
import type { ModeKeeper } from '../engine/mode-keeper.ts'
import { createUnderstanding, type Understanding } from '../engine/understanding.ts'
import { createBreaker } from '../resilience/breaker.ts'
import { describe, once } from './once.ts'

/** A classifier with other packs, for those who try texts. @throws SignalboxError invalid-config naming the pack. */
export function composeClassifier(packs: readonly string[], config: Config, system: System): Classifier {
  const { fallback, cache } = config.classify
  const onFailure = once((error) => system.log.error('the classifier failed', { error: describe(error) }))
  const model = modelOf(config, system)
  return createClassifier({ packs: loadPacks(packs), fallback, cache, clock: system.clock, model, onFailure })
}

/** A model that cannot be read costs its own service only: the patterns go on without it. */
function modelOf({ classify }: Config, { log }: System): ClassesModel | undefined {
  try {
    return loadClassesModel(classify.model)
  } catch (error) {
    log.error('the model of classes is left out', { error: SignalboxError.from(error).message })
    return undefined
  }
}

export function composeUnderstanding(config: Config, system: System, mode: ModeKeeper): Understanding {
  return createUnderstanding({
    classifier: composeClassifier(config.classify.packs, config, system),
    routes: Object.keys(config.routes),
    fallback: config.classify.fallback,
    clock: system.clock,
    breaker: createBreaker(config.breaker, system.clock, (_from, to) =>
      mode.note(to === 'closed' ? 'classifier-back' : 'classifier-rests'),
    ),
  })
}
