import { crc32 } from 'node:zlib'
import { SignalboxError } from '../../core/errors.ts'
import { FEATURES_VERSION } from './feature-spec.ts'
import { headerFault, type Header } from './model-header.ts'
import type { Model } from './model.ts'

/**
 * One file a model:
 *
 *     "sbxmodel"  version  header length  header (JSON, UTF-8)  weights (one byte each)  CRC-32 of all before
 *      8 bytes    4 bytes     4 bytes                            slots × heads            4 bytes
 *
 * Numbers are little-endian. The weights are used as they lie in the file.
 */
const MAGIC = Buffer.from('sbxmodel', 'latin1')
const VERSION = 1
const PREFIX_BYTES = MAGIC.length + 8
const CHECKSUM_BYTES = 4
/** 1,000 heads of 64 kB; nobody reads more. */
export const MODEL_BYTES_MAX = 80 * 1024 * 1024

export function encodeModel(model: Model): Buffer {
  const { weights, units, dense, traitScale, ...rest } = model
  const header: Header = {
    ...rest,
    featuresVersion: FEATURES_VERSION,
    units: [...units],
    dense: [...dense],
    traits: { mean: [...traitScale.mean], scale: [...traitScale.scale], cut: traitScale.cut },
  }
  const json = Buffer.from(JSON.stringify(header))
  const prefix = Buffer.alloc(PREFIX_BYTES)
  MAGIC.copy(prefix)
  prefix.writeUInt32LE(VERSION, MAGIC.length)
  prefix.writeUInt32LE(json.length, MAGIC.length + 4)
  const body = Buffer.concat([prefix, json, Buffer.from(weights.buffer, weights.byteOffset, weights.length)])
  const checksum = Buffer.alloc(CHECKSUM_BYTES)
  checksum.writeUInt32LE(crc32(body))
  return Buffer.concat([body, checksum])
}

/** @throws SignalboxError `invalid-config`, saying what is wrong with the file. */
export function decodeModel(bytes: Uint8Array): Model {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const jsonBytes = checkFrame(buffer)
  const header = headerOf(buffer.subarray(PREFIX_BYTES, PREFIX_BYTES + jsonBytes))
  const { featuresVersion: _, units, dense, traits, ...rest } = header
  const from = PREFIX_BYTES + jsonBytes
  const length = 2 ** header.features.slotBits * header.names.length
  if (buffer.length !== from + length + CHECKSUM_BYTES)
    throw damaged('it has another number of weights than it says')
  return {
    ...rest,
    weights: new Int8Array(buffer.buffer, buffer.byteOffset + from, length),
    units: Float64Array.from(units),
    dense: Float64Array.from(dense),
    traitScale: {
      mean: Float64Array.from(traits.mean),
      scale: Float64Array.from(traits.scale),
      cut: traits.cut,
    },
  }
}

/** The length of the header, once everything around it is right. */
function checkFrame(buffer: Buffer): number {
  if (buffer.length < MAGIC.length || !buffer.subarray(0, MAGIC.length).equals(MAGIC))
    throw refused('this is not a model that Signalbox has trained')
  if (buffer.length < PREFIX_BYTES + CHECKSUM_BYTES) throw damaged('it ends early')
  if (buffer.length > MODEL_BYTES_MAX) throw refused('a model is at most 80 MiB')
  const version = buffer.readUInt32LE(MAGIC.length)
  if (version !== VERSION) throw newer(`format ${version}, and this version reads ${VERSION}`)
  const end = buffer.length - CHECKSUM_BYTES
  if (crc32(buffer.subarray(0, end)) !== buffer.readUInt32LE(end))
    throw damaged('its checksum does not match')
  const jsonBytes = buffer.readUInt32LE(MAGIC.length + 4)
  if (jsonBytes > end - PREFIX_BYTES) throw damaged('its header does not fit')
  return jsonBytes
}

function headerOf(json: Buffer): Header {
  let value: unknown
  try {
    value = JSON.parse(json.toString('utf8'))
  } catch {
    throw damaged('its header is not JSON')
  }
  const version =
    typeof value === 'object' && value !== null && 'featuresVersion' in value ? value.featuresVersion : 0
  if (typeof version === 'number' && version > FEATURES_VERSION)
    throw newer(`features ${version}, and this version has ${FEATURES_VERSION}`)
  const fault = headerFault(value)
  if (fault !== undefined) throw damaged(fault)
  // Every field has just been looked at.
  return value as Header
}

function damaged(how: string): SignalboxError {
  return refused(`the model file is damaged: ${how}`)
}

function newer(what: string): SignalboxError {
  return new SignalboxError('invalid-config', `a newer Signalbox has made this model (${what})`, {
    hint: 'Train it again with this version, or upgrade.',
  })
}

function refused(message: string): SignalboxError {
  return new SignalboxError('invalid-config', message, {
    hint: 'Name a file that `signalbox train` has written, or train it again.',
  })
}
