import { connectAsync } from 'mqtt';
import { test } from 'tap';
import { handleTogether } from '../../src/terminal/mqtt-together.ts';
import { Broker, until } from './fixtures/site.ts';

test('messages are handed out beside each other up to the bound; each PUBACK waits for its own, in order', async (t) => {
  const broker = new Broker();
  await broker.start();
  t.teardown(() => broker.stop());
  const at = () => connectAsync(`mqtt://127.0.0.1:${broker.port}`, { protocolVersion: 4, reconnectPeriod: 0 });
  const [reader, writer] = await Promise.all([at(), at()]);
  t.teardown(() => Promise.all([reader.endAsync(true), writer.endAsync(true)]));
  const handed: string[] = [];
  const ends = new Map<string, (failure?: Error) => void>();
  const acked: number[] = [];
  const ids: number[] = [];
  handleTogether(reader, 3, ({ payload, messageId = 0 }) => {
    handed.push(String(payload));
    ids.push(messageId);
    return new Promise((resolve, reject) => ends.set(String(payload), (failure) => (failure ? reject(failure) : resolve())));
  });
  reader.on('packetsend', (packet) => {
    if (packet.cmd === 'puback') acked.push(packet.messageId ?? 0);
  });
  await reader.subscribeAsync('a', { qos: 1 });
  for (const text of ['1', '2', '3', '4', '5']) await writer.publishAsync('a', text, { qos: 1 });
  await until(() => handed.length >= 3 || undefined);
  // A round trip over the same connection: had a fourth been read or a PUBACK been sent, it would be known by now.
  await reader.publishAsync('b', 'x', { qos: 0 });
  t.strictSame(handed, ['1', '2', '3'], 'three at once, the others stay in the socket');
  t.strictSame(acked, []);
  ends.get('2')?.();
  await until(() => handed.length === 4 || undefined);
  t.strictSame(acked, [], 'the second waits for the first');
  ends.get('1')?.(new Error('not stored'));
  await until(() => acked.length === 2 || undefined);
  await until(() => handed.length === 5 || undefined);
  for (const text of ['3', '4', '5']) ends.get(text)?.();
  await until(() => acked.length === 5 || undefined);
  t.strictSame(acked, ids, 'in the order of the messages');
});
