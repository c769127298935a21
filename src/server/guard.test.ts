import { describe, expect, it } from 'vitest'
import { guardLoopback } from './guard.ts'

describe('guardLoopback', () => {
  it.each([
    'localhost',
    'LocalHost:8787',
    '127.0.0.1',
    '127.0.0.1:8787',
    '127.255.3.9:80',
    '[::1]',
    '[::1]:8787',
  ])('lets requests to %s pass', (host) => {
    expect(guardLoopback({ host })).toBeUndefined()
  })

  it.each([
    undefined,
    '',
    'example.com',
    'example.com:8787',
    'localhost.example.com',
    '127.0.0.1.example.com',
    '127.0.0.999',
    '127.1',
    '2130706433',
    '0.0.0.0:8787',
    '[::]:8787',
    '[::ffff:127.0.0.1]',
    'user@localhost',
    'localhost/x',
    'localhost:8787:1',
    'localhost, example.com',
    '192.168.1.4',
  ])('refuses the host %s, which a page could have chosen', (host) => {
    const refused = guardLoopback(host === undefined ? {} : { host })
    expect(refused?.code).toBe('forbidden')
    expect(refused?.path).toBe('host')
  })

  it.each(['http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:8787'])(
    'takes the origin %s',
    (origin) => {
      expect(guardLoopback({ host: '127.0.0.1:8787', origin })).toBeUndefined()
    },
  )

  it.each([
    'null',
    '',
    'https://example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com:8787',
    'http://user@localhost',
    'http://localhost://example.com',
    'file://',
    'chrome-extension://abcdef',
    'localhost:8787',
  ])('refuses the origin "%s"', (origin) => {
    const refused = guardLoopback({ host: '127.0.0.1:8787', origin })
    expect(refused?.code).toBe('forbidden')
    expect(refused?.path).toBe('origin')
  })
})
