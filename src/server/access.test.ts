import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { Config } from '../config/schema.ts'
import { SignalboxError } from '../core/errors.ts'
import { type Access, createAccess } from './access.ts'

const auth: Config['auth'] = {
  keys: [
    { name: 'team', key: 'sb-team', scopes: ['data'], priorityMax: 'normal' },
    { name: 'ops', key: 'sb-ops', scopes: ['control'], priorityMax: 'critical' },
    { name: 'graphs', key: 'sb-graphs', scopes: ['metrics'], priorityMax: 'critical' },
    { name: 'all', key: 'sb-all', scopes: ['data', 'control', 'metrics'], priorityMax: 'high' },
  ],
  adminToken: 'sb-admin',
}

const open = createAccess(auth, false)
const planes = ['data', 'control', 'metrics'] as const

/** `ok`, or the code of the refusal. */
function verdict(access: Access, plane: (typeof planes)[number], headers: IncomingHttpHeaders): string {
  try {
    const refused = access[plane](headers)
    return refused instanceof SignalboxError ? refused.code : 'ok'
  } catch (error) {
    return SignalboxError.from(error).code
  }
}

const verdicts = (headers: IncomingHttpHeaders, access = open): readonly string[] =>
  planes.map((plane) => verdict(access, plane, headers))

describe('access from other machines', () => {
  it.each([
    ['sb-team', 'ok', 'forbidden', 'forbidden'],
    ['sb-ops', 'forbidden', 'ok', 'forbidden'],
    ['sb-graphs', 'forbidden', 'forbidden', 'ok'],
    ['sb-all', 'ok', 'ok', 'ok'],
    ['sb-admin', 'forbidden', 'ok', 'ok'],
    ['sb-tea', 'unauthorized', 'unauthorized', 'unauthorized'],
    ['', 'unauthorized', 'unauthorized', 'unauthorized'],
  ])('opens to %s: data %s, control %s, metrics %s, whichever header shows it', (key, ...expected) => {
    for (const headers of [
      { 'x-api-key': key },
      { authorization: `Bearer ${key}` },
      { authorization: `bearer   ${key}` },
      { authorization: key },
    ])
      expect(verdicts(headers)).toEqual(expected)
  })

  it('opens to nobody who shows nothing', () => {
    expect(verdicts({})).toEqual(['unauthorized', 'unauthorized', 'unauthorized'])
  })

  it('looks at both headers, and takes the one that opens', () => {
    expect(verdicts({ 'x-api-key': 'sb-team', authorization: 'Bearer sb-admin' })).toEqual(['ok', 'ok', 'ok'])
    expect(verdicts({ 'x-api-key': 'sk-vendor', authorization: 'Bearer sb-team' })).toEqual([
      'ok',
      'forbidden',
      'forbidden',
    ])
    expect(verdicts({ 'x-api-key': 'sb-ops', authorization: 'Bearer sk-vendor' })[0]).toBe('forbidden')
  })

  it('tells the status that each refusal has', () => {
    expect(open.control({ 'x-api-key': 'sb-team' })?.httpStatus).toBe(403)
    expect(open.control({ 'x-api-key': 'sk-vendor' })?.httpStatus).toBe(401)
    expect(open.metrics({})?.httpStatus).toBe(401)
  })

  it('takes a key for what it is named and allowed', () => {
    expect(open.data({ 'x-api-key': 'sb-team' })).toMatchObject({ name: 'team', priorityMax: 'normal' })
    expect(open.data({ authorization: 'Bearer sb-all' })).toMatchObject({ name: 'all', priorityMax: 'high' })
    expect(open.data({ 'x-api-key': 'sb-ops', authorization: 'Bearer sb-all' }).name).toBe('all')
  })

  it('knows a key of ours in a header that was sent twice', () => {
    const twice = open.data({ 'x-api-key': 'sb-team, sk-vendor' })
    expect(twice).toMatchObject({ name: 'team', ours: true, credentials: undefined })
    expect(open.data({ authorization: 'Bearer sk-x, Bearer sb-team' }).credentials).toBeUndefined()
  })

  it('keeps the credentials that are not ours for the worker, and never one that is', () => {
    expect(open.data({ 'x-api-key': 'sb-team' })).toMatchObject({ ours: true, credentials: undefined })
    expect(open.data({ 'x-api-key': 'sb-team', authorization: 'Bearer sk-vendor' })).toMatchObject({
      ours: true,
      credentials: { authorization: 'Bearer sk-vendor' },
    })
    expect(open.data({ authorization: 'Bearer sb-team', 'x-api-key': 'sk-vendor' }).credentials).toEqual({
      'x-api-key': 'sk-vendor',
    })
    for (const other of ['sb-admin', 'sb-ops', 'sb-all'])
      expect(
        open.data({ 'x-api-key': 'sb-team', authorization: `Bearer ${other}` }).credentials,
      ).toBeUndefined()
  })
})

describe('access from this machine', () => {
  const here = { host: '127.0.0.1:8787' }
  const loopback = createAccess(auth, true)

  it('needs no key, whatever is shown', () => {
    for (const access of [loopback, createAccess({ keys: [] }, true)])
      for (const headers of [here, { ...here, 'x-api-key': 'sk-vendor' }, { ...here, 'x-api-key': 'sb-ops' }])
        expect(verdicts(headers, access)).toEqual(['ok', 'ok', 'ok'])
    expect(loopback.data(here)).toEqual({
      name: undefined,
      priorityMax: 'critical',
      ours: false,
      credentials: undefined,
    })
  })

  it('keeps pages of other origins out of every plane', () => {
    const forbidden = ['forbidden', 'forbidden', 'forbidden']
    expect(verdicts({ ...here, origin: 'https://elsewhere.example' }, loopback)).toEqual(forbidden)
    expect(verdicts({ host: 'rebound.example', 'x-api-key': 'sb-all' }, loopback)).toEqual(forbidden)
  })

  it('knows our keys all the same, and keeps them from the workers', () => {
    expect(loopback.data({ ...here, 'x-api-key': 'sb-team' })).toEqual({
      name: 'team',
      priorityMax: 'normal',
      ours: true,
      credentials: undefined,
    })
    expect(loopback.data({ ...here, 'x-api-key': 'sb-ops' })).toMatchObject({ ours: true, name: undefined })
    const both = {
      ...here,
      'x-api-key': 'sk-vendor',
      authorization: 'Bearer sk-login',
    }
    expect(loopback.data(both)).toMatchObject({
      ours: false,
      credentials: { 'x-api-key': 'sk-vendor', authorization: 'Bearer sk-login' },
    })
  })
})
