import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test } from 'tap';
import { silentLog } from '../../src/core/log.ts';
import { type LatestSource, streamLatest } from '../../src/twin/latest-stream.ts';
import { handClock } from '../hand-clock.ts';
import { IDLE, pngOf, startFakeTwin } from './fixtures/fake-controls.ts';

/** Reads a response piece by piece until `done` says so; answers the bytes so far. */
const reader = (response: Response) => {
  const body = response.body?.getReader();
  let bytes = Buffer.alloc(0);
  return {
    until: async (done: (bytes: Buffer) => boolean): Promise<Buffer> => {
      while (!done(bytes)) {
        const next = await body?.read();
        if (next === undefined || next.done) break;
        bytes = Buffer.concat([bytes, next.value]);
      }
      return bytes;
    },
    cancel: () => body?.cancel(),
  };
};
const events = (bytes: Buffer): { screen: string }[] =>
  [...bytes.toString().matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? ''));

test('the events begin with the state of now and go on with every change', async (t) => {
  const twin = await startFakeTwin();
  t.teardown(twin.server.close);
  const response = await fetch(`${twin.server.url}/api/events`);
  t.match(response.headers.get('content-type'), /^text\/event-stream/);
  const stream = reader(response);
  t.same(events(await stream.until((bytes) => events(bytes).length === 1)), [IDLE]);
  twin.setState({ screen: 'reading-card', phase: 'reading' });
  const second = events(await stream.until((bytes) => events(bytes).length === 2));
  t.match(second.at(-1), { screen: 'reading-card', phase: 'reading' });
  twin.setState({});
  twin.setState({ screen: 'pin' });
  const third = events(await stream.until((bytes) => events(bytes).length === 3));
  t.match(third.at(-1), { screen: 'pin' }, 'a change of nothing is no event');
});

test('the live panel sends all of it first, then each change with the place it belongs to', async (t) => {
  const twin = await startFakeTwin();
  t.teardown(twin.server.close);
  const first = await twin.controls.screenPng();
  const second = pngOf(320, 200, 200);
  const watchers = await Promise.all([1, 2].map(async () => reader(await fetch(`${twin.server.url}/api/stream`))));
  const head = (length: number, place: string) =>
    `--kazashi-panel\r\nContent-Type: image/png\r\nContent-Length: ${length}\r\nX-Place: ${place}\r\n\r\n`;
  for (const watcher of watchers) {
    const bytes = await watcher.until((got) => got.includes(Buffer.from(first)));
    t.equal(bytes.indexOf(head(first.length, '0,0')), 0);
  }
  twin.setScreen(second);
  for (const watcher of watchers) {
    const bytes = await watcher.until((got) => got.includes(Buffer.from(second)));
    t.equal(bytes.indexOf(Buffer.from(second)), bytes.indexOf(head(second.length, '40,60')) + head(second.length, '40,60').length);
    t.ok(bytes.indexOf(Buffer.from(second)) > bytes.indexOf(Buffer.from(first)));
  }
});

test('closing the server ends the streams, and a client that goes is forgotten', async (t) => {
  const twin = await startFakeTwin();
  const gone = reader(await fetch(`${twin.server.url}/api/events`));
  await gone.until((bytes) => events(bytes).length === 1);
  const listening = twin.listeners();
  await gone.cancel();
  while (twin.listeners() === listening) await new Promise((resolve) => setTimeout(resolve, 5));
  const kept = reader(await fetch(`${twin.server.url}/api/events`));
  const panel = reader(await fetch(`${twin.server.url}/api/stream`));
  await Promise.all([kept.until((bytes) => bytes.length > 0), panel.until((bytes) => bytes.length > 0)]);
  await twin.server.close();
  await Promise.all([kept.until(() => false), panel.until(() => false)].map((end) => end.catch(() => undefined)));
  t.equal(twin.listeners(), 0);
});

/** Lets time pass, and then whatever waits for no time. */
const manualClock = () => {
  const { clock, pass } = handClock();
  const advance = async (ms: number) => {
    pass(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, advance };
};

const slowClient = () => {
  const written: string[] = [];
  const out = Object.assign(new EventEmitter(), {
    writableNeedDrain: false,
    write: (text: string) => void written.push(text),
    end: () => undefined,
  });
  return { written, out, response: out as unknown as ServerResponse };
};

test('a burst of changes becomes one push per interval, and a slow client only gets the newest', async (t) => {
  const { clock, advance } = manualClock();
  const { written, out, response } = slowClient();
  let changed = (): void => undefined;
  let value = 0;
  const source: LatestSource = {
    subscribe: (listener) => {
      changed = listener;
      return () => undefined;
    },
    produce: async () => {
      if (value === 3) throw new Error('a picture that cannot be made');
      return `${value}`;
    },
  };
  const set = (next: number) => {
    value = next;
    changed();
  };
  const close = streamLatest(response, source, { clock, log: silentLog, minIntervalMs: 50, heartbeat: { text: 'beat', everyMs: 1000 } });
  await advance(0);
  t.same(written, ['0']);
  set(1);
  set(2);
  await advance(49);
  t.same(written, ['0'], 'not before the interval is over');
  await advance(1);
  t.same(written, ['0', '2']);
  set(3);
  await advance(50);
  t.same(written, ['0', '2'], 'a failed picture is skipped');
  out.writableNeedDrain = true;
  set(4);
  set(5);
  await advance(500);
  t.same(written, ['0', '2'], 'nothing is queued for a client that does not read');
  out.writableNeedDrain = false;
  out.emit('drain');
  await advance(0);
  t.same(written, ['0', '2', '5']);
  await advance(400);
  t.same(written.at(-1), 'beat');
  close();
  set(6);
  await advance(5000);
  t.equal(written.length, 4, 'a closed stream is silent');
});
