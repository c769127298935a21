import { Command } from 'commander'
import { configJsonSchema } from '../config/schema-json.ts'

/** `signalbox config schema`: what editors and checkers need to know of signalbox.yaml. */
export function configCommand(): Command {
  const schema = new Command('schema')
    .description('Prints the JSON Schema of signalbox.yaml.')
    .option('--json', 'the same: the schema is JSON')
    .action(() => {
      process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)
    })
  return new Command('config')
    .description('About signalbox.yaml.')
    .addCommand(schema.summary('print the JSON Schema of signalbox.yaml'))
}
