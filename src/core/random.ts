import { randomFillSync } from 'node:crypto'

/** Randomness comes in through this interface: seeded in tests and the simulator, the system's elsewhere. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** 32 uniform bits as an unsigned integer. */
  uint32(): number
}

/** sfc32 (Chris Doty-Humphrey, PractRand): small, fast, passes the usual test batteries. Same seed, same numbers. */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9
  let b = seed >>> 0
  let c = Math.floor(seed / 2 ** 32) >>> 0
  let counter = 1
  function uint32(): number {
    const result = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + result) | 0
    return result >>> 0
  }
  for (let warmUp = 0; warmUp < 15; warmUp++) uint32()
  return { uint32, next: () => uint32() / 2 ** 32 }
}

/** Cryptographic bits, drawn 1,024 at a time: one system call per draw would cost a microsecond. */
export function systemRandom(): Random {
  const pool = new Uint32Array(1024)
  let used = pool.length
  function uint32(): number {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    return pool[used++] as number
  }
  return { uint32, next: () => uint32() / 2 ** 32 }
}

const bytesInHex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** 128 random bits as 32 hexadecimal digits: the form of a trace id. */
export function hex128(random: Random): string {
  let text = ''
  for (let word = 0; word < 4; word++) {
    const bits = random.uint32()
    for (let shift = 24; shift >= 0; shift -= 8) text += bytesInHex[(bits >>> shift) & 255] as string
  }
  return text
}
