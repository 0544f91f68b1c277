import { type Test, test } from 'tap';
import { fromHex, hex } from '../../src/core/bytes.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { PcscCardReader } from '../../src/device/pcsc/pcsc-card-reader.ts';
import type { PcscReader } from '../../src/device/pcsc/ports.ts';

const PRESENT = 0x20;
const EMPTY = 0x10;
const MUTE = 0x200;
const never = new AbortController().signal;

/** A PC/SC service with one reader, whose state, card and errors a test sets. */
const service = (t: Test, { names = ['Desk Reader 00'] }: { names?: readonly string[] } = {}) => {
  const desk = {
    state: EMPTY,
    atr: '3b888001000005e0b381a1007f',
    fault: '',
    connectFault: '',
    listFault: '',
    names,
    log: [] as string[],
  };
  const fail = (text: string): never => {
    throw new Error(text);
  };
  const open = async () => ({
    listReaders: (): readonly PcscReader[] => {
      if (desk.listFault !== '') fail(desk.listFault);
      return desk.names.map((name) => ({
        name,
        state: desk.state,
        atr: fromHex(desk.atr),
        connect: async (share, protocols) => {
          if (desk.connectFault !== '') fail(desk.connectFault);
          desk.log.push(`connect ${name} ${share} ${protocols}`);
          return {
            async transmit(command) {
              if (desk.fault === 'taken') {
                setTimeout(() => {
                  desk.state = EMPTY;
                }, 2);
                return new Uint8Array();
              }
              if (desk.fault !== '') fail(desk.fault);
              return Uint8Array.from([...command, 0x90, 0x00]);
            },
            disconnect: (disposition: number) => desk.log.push(`disconnect ${disposition}`),
          };
        },
      }));
    },
    close: () => desk.log.push('close'),
  });
  const reader = (name?: string) => {
    const made = new PcscCardReader({ open, clock: systemClock, log: silentLog, pollMs: 1, ...(name === undefined ? {} : { name }) });
    t.teardown(() => made.stop());
    return made;
  };
  return { desk, reader };
};

test('a card is waited for, held exclusively, carries APDUs, and is let go when it is taken', async (t) => {
  const { desk, reader: open } = service(t);
  const reader = open();
  await reader.start();
  t.same(await reader.selfTest(), { reader: 'Desk Reader 00' });
  setTimeout(() => {
    desk.state = PRESENT;
  }, 5);
  const card = await reader.waitForCard(never);
  t.equal(card.technology, 'iso14443-4b');
  t.equal(hex(await card.transceive(fromHex('00a40000'))), '00a400009000');
  setTimeout(() => {
    desk.state = EMPTY;
  }, 5);
  await reader.waitForRemoval(never);
  await t.rejects(card.transceive(fromHex('00a40000')), { code: 'card/removed' });
  t.same(desk.log, ['connect Desk Reader 00 1 3', 'disconnect 0']);
  desk.state = PRESENT;
  await reader.waitForCard(never);
  await reader.waitForCard(never);
  t.same(desk.log.slice(2), ['connect Desk Reader 00 1 3', 'disconnect 1', 'connect Desk Reader 00 1 3'], 'a card found again is reset');
});

test('a reader that is started again loses nobody who waits for a card', async (t) => {
  const { desk, reader } = service(t);
  const made = reader();
  await made.start();
  const again = made.start();
  const waiting = made.waitForCard(never);
  await again;
  desk.state = PRESENT;
  t.equal((await waiting).technology, 'iso14443-4b');
  t.same(desk.log, ['close', 'connect Desk Reader 00 1 3']);
});

test('what goes wrong has its own code', async (t) => {
  const { desk, reader: open } = service(t);
  const reader = open();
  await reader.start();
  desk.state = PRESENT;
  const card = await reader.waitForCard(never);
  for (const [fault, code] of [
    ['Card was removed', 'card/removed'],
    ['No smart card present', 'card/removed'],
    ['Card was reset', 'reader/protocol'],
    ['Communication error', 'reader/protocol'],
    ['PC/SC service stopped', 'reader/unavailable'],
    ['Reader unavailable', 'reader/unavailable'],
  ] as const) {
    desk.fault = fault;
    await t.rejects(card.transceive(fromHex('00a40000')), { code, facts: { pcsc: fault } }, fault);
  }
  desk.fault = '';
  await t.rejects(card.transceive(fromHex('00a40000'), AbortSignal.abort(new Error('stop'))), /stop/);
  await t.rejects(reader.waitForCard(AbortSignal.abort(new Error('stop'))), /stop/);
  await t.rejects(reader.waitForRemoval(AbortSignal.abort(new Error('stop'))), /stop/);

  desk.connectFault = 'Sharing violation';
  await t.rejects(reader.waitForCard(never), { code: 'reader/unavailable', message: /in use by another program/ });
  desk.connectFault = 'Card is unresponsive';
  await t.rejects((await reader.waitForCard(never)).transceive(fromHex('00a40000')), { code: 'reader/protocol' });
  desk.connectFault = '';
  desk.state = PRESENT | MUTE;
  await t.rejects((await reader.waitForCard(never)).transceive(fromHex('00a40000')), { code: 'reader/protocol' }, 'a mute card');
  desk.listFault = 'PC/SC service not running';
  await t.rejects(reader.waitForCard(never), {
    code: 'reader/unavailable',
    message: 'PC/SC: PC/SC service not running; is pcscd running?',
  });
});

test('a driver that answers nothing when the card goes is asked whether it is still there', async (t) => {
  const { desk, reader: open } = service(t);
  const reader = open();
  await reader.start();
  desk.state = PRESENT;
  const card = await reader.waitForCard(never);
  desk.fault = 'taken';
  await t.rejects(card.transceive(fromHex('00a40000')), { code: 'card/removed', facts: { pcsc: 'Answer without status word' } });
});

test('a card that is taken between two looks is waited for again', async (t) => {
  const { desk, reader: open } = service(t);
  const reader = open();
  await reader.start();
  desk.state = PRESENT;
  desk.connectFault = 'No smart card present';
  setTimeout(() => {
    desk.connectFault = '';
  }, 5);
  t.equal((await reader.waitForCard(never)).technology, 'iso14443-4b');
});

test('storage cards are told by their ATR', async (t) => {
  const { desk, reader: open } = service(t);
  const reader = open();
  await reader.start();
  desk.state = PRESENT;
  for (const [atr, technology] of [
    ['3b8f8001804f0ca000000306030001000000006a', 'iso14443-a'],
    ['3b8f8001804f0ca00000030611003b0000000042', 'felica'],
  ] as const) {
    desk.atr = atr;
    t.equal((await reader.waitForCard(never)).technology, technology);
  }
});

test('without a reader, or without one of this name, the message says what there is', async (t) => {
  const none = service(t, { names: [] }).reader();
  await t.rejects(none.start(), { code: 'reader/unavailable', message: 'PC/SC knows no reader: plug one in' });
  const { desk, reader } = service(t, { names: ['First', 'Second'] });
  await t.rejects(reader('Third').start(), { message: 'no reader is called Third; there are First, Second' });
  const second = reader('Sec');
  await second.start();
  desk.state = PRESENT;
  await second.waitForCard(never);
  t.same(
    desk.log.filter((line) => line.startsWith('connect')),
    ['connect Second 1 3'],
  );
  await second.stop();
  await t.rejects(second.waitForCard(never), { code: 'reader/unavailable', message: 'the reader was not started' });
});
