// reader-process.ts SOCKET CARD: the simulated PN532 at the other end of a machine's USB serial adapter, in a process of its own: a chip answers in
// milliseconds, whatever else the test has to do. Bytes alone pass. Lines on standard input: `lay` puts the card of the directory on it, `take` takes it.

import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { openCard } from '../../src/card/twin/card-directory.ts';
import { TwinPn532Hsu } from '../../src/device/nfc/twin/pn532-hsu.ts';

const [path = '', directory = ''] = process.argv.slice(2);
const { card } = await openCard(directory, Date.now());
const chip = new TwinPn532Hsu();
const socket = connect(path);
// One after the other, as they come down the line.
let heard: Promise<void> = Promise.resolve();
socket.on('data', (bytes) => {
  heard = heard.then(() => chip.write(new Uint8Array(bytes)));
});
for (const end of ['error', 'close'] as const) socket.on(end, () => process.exit(0));
chip.onData((bytes) => socket.write(bytes));
createInterface({ input: process.stdin })
  .on('line', (word) => (word === 'lay' ? chip.insert(card) : chip.remove()))
  .on('close', () => process.exit(0));
socket.once('connect', () => process.stdout.write('plugged in\n'));
