import { existsSync } from 'node:fs'

/** Where the configuration stands when nobody says otherwise. */
const CONFIG_FILE = 'signalbox.yaml'

/** --config, else ./signalbox.yaml where there is one, else undefined: the preset. */
export function configFile(option: string | undefined): string | undefined {
  return option ?? (existsSync(CONFIG_FILE) ? CONFIG_FILE : undefined)
}
