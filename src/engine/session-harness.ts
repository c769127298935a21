/** A conversation with opus in the middle of its first turn: for tests of what is made of it. */
import type { RequestView } from '../wire/protocol.ts'
import type { Home, Session } from './sessions.ts'
import type { Visit } from './visit.ts'

export function fakeHome(changes: Partial<Home> = {}): Home {
  return {
    model: 'claude-opus-5-5',
    account: 'one',
    organization: undefined,
    workspace: undefined,
    promptTokens: 1_000,
    cachedTokens: 900,
    warmUntilMs: 300_000,
    longCache: false,
    ...changes,
  }
}

export function fakeSession(changes: Partial<Session> = {}): Session {
  return {
    classification: { class: 'tactical', confidence: 0.9, source: 'pattern', reasons: [], micros: 0 },
    kind: 'main',
    home: fakeHome(),
    earlier: [],
    turns: 1,
    changes: 0,
    asked: 'claude-opus-5-5',
    requests: 4,
    outputTokens: 2_000,
    firstPromptTokens: 1_000,
    bytes: 4_000,
    spentUsd: 1,
    switchedUsd: 0,
    ...changes,
  }
}

/** A request of so many bytes, without reasoning in its history. */
export function fakeVisit(bytes: number, session: Session | undefined, changes: Partial<Visit> = {}): Visit {
  return {
    // What else a view tells is not looked at here.
    view: { body: Buffer.alloc(bytes), thinking: false } as Partial<RequestView> as RequestView,
    session,
    key: 'k',
    kind: 'main',
    compacted: false,
    follows: false,
    promptId: undefined,
    goesOn: false,
    ...changes,
  }
}
