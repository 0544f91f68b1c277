import { connectAsync } from 'mqtt';
import { test } from 'tap';
import { startDemoBroker } from '../../src/twin/demo-broker.ts';
import { holdPort } from './fixtures/fake-controls.ts';

test('the broker carries a retained message between two clients', async (t) => {
  const broker = await startDemoBroker({ port: 0 });
  t.teardown(broker.close);
  t.equal(broker.url, `mqtt://127.0.0.1:${broker.port}`);
  const sender = await connectAsync(broker.url, { reconnectPeriod: 0 });
  await sender.publishAsync('kazashi/demo', 'ready', { qos: 1, retain: true });
  const receiver = await connectAsync(broker.url, { reconnectPeriod: 0 });
  const message = new Promise<string>((resolve) => receiver.once('message', (_topic, payload) => resolve(payload.toString())));
  await receiver.subscribeAsync('kazashi/demo', { qos: 1 });
  t.equal(await message, 'ready');
  await Promise.all([sender.endAsync(), receiver.endAsync()]);
});

test('a taken port makes the broker take the next free one', async (t) => {
  const held = await holdPort();
  t.teardown(held.free);
  const broker = await startDemoBroker({ port: held.port });
  t.teardown(broker.close);
  t.ok(broker.port > held.port && broker.port < held.port + 20);
});

test('closing the broker cuts its clients and frees its port', async (t) => {
  const broker = await startDemoBroker({ port: 0 });
  const client = await connectAsync(broker.url, { reconnectPeriod: 0 });
  const cut = new Promise<void>((resolve) => client.once('close', () => resolve()));
  await broker.close();
  await cut;
  t.notOk(client.connected);
  const again = await startDemoBroker({ port: broker.port });
  t.equal(again.port, broker.port);
  await again.close();
});
