// Root's shell on the second serial line, in a copy of the image whose kernel was told so (systemd.debug_shell=ttyS1). The image itself has none.

import { connect, type Socket } from 'node:net';
import { pause, until } from '../system/uplink/lab.ts';

const WAIT_MS = 900_000;
/** An update alone has a quarter of an hour of the box's own for its confirmation, and the emulated box is slow. */
const COMES_TRUE_MS = 1_800_000;
/** The box has other work than to answer. */
const ASK_EVERY_MS = 1000;

export class DebugShell {
  readonly #socket: Socket;
  #heard = '';
  #count = 0;

  constructor(path: string) {
    this.#socket = connect(path).on('error', () => undefined);
    this.#socket.on('data', (text) => (this.#heard += text));
  }

  /** Both streams of a command. Rejects when it fails. */
  async run(command: string): Promise<string> {
    const [status, text] = await this.#ask(command);
    if (status !== 0) throw new Error(`${command}: status ${status}: ${text}`);
    return text;
  }

  /** Runs it again and again until it succeeds. */
  async until(command: string): Promise<void> {
    const end = performance.now() + COMES_TRUE_MS;
    for (;;) {
      const [status, text] = await this.#ask(command);
      if (status === 0) return;
      if (performance.now() > end) throw new Error(`${command}: never came true: ${text}`);
      await pause(ASK_EVERY_MS);
    }
  }

  async #ask(command: string): Promise<readonly [number, string]> {
    this.#count += 1;
    const [from, to] = [`<<${this.#count}`, `${this.#count}>>`];
    // The marks are put together by the shell: its echo of the line holds none.
    this.#socket.write(`echo "<""<${this.#count}"; (${command}) 2>&1; echo "${this.#count}"">> $? ."\n`);
    const answer = new RegExp(`${from}\\r?\\n([\\s\\S]*?)${to} (\\d+) \\.`);
    const found = await until(`the answer to ${command}`, () => answer.exec(this.#heard) ?? undefined, WAIT_MS);
    this.#heard = '';
    return [Number(found[2]), found[1]?.replaceAll('\r', '') ?? ''];
  }
}
