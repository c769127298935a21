import { expect, it } from 'vitest'
import { wires } from '../core/wire.ts'
import { protocols } from './catalog.ts'

it('has a protocol for every wire, under its own name', () => {
  for (const wire of wires) expect(protocols[wire].wire).toBe(wire)
  expect(Object.keys(protocols)).toEqual([...wires])
})
