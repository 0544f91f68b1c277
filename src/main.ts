// The program: finds the command that the words mean and runs it. A failure is one clear line, not a stack.

import { isFailure } from './core/failure.ts';
import { asksForHelp, refuseWords } from './main/arguments.ts';
import { COMMANDS, commandOf, helpText } from './main/commands.ts';

const run = async (words: readonly string[]): Promise<number | undefined> => {
  const { name, rest } = commandOf(words);
  if (name === 'help' || words[0] === '--help' || words[0] === '-h') {
    process.stdout.write(await helpText());
    return 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) return refuseWords('command', `found "${name}"; allowed: ${Object.keys(COMMANDS).join(', ')}, help`);
  const command = await load();
  if (command.helps !== true && asksForHelp(rest)) {
    process.stdout.write(command.usage);
    return 0;
  }
  return command.run(rest);
};

try {
  const status = await run(process.argv.slice(2));
  if (status !== undefined) process.exitCode = status;
} catch (failure) {
  if (!isFailure(failure)) throw failure;
  process.stderr.write(`kazashi: ${failure.message}\n`);
  process.exit(1);
}
