// The bridge of docs/scaling.md with two brokers: states and health go out to the operator, nothing sealed does, and nothing comes in.

import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { connectAsync } from 'mqtt';
import { test } from 'tap';
import { freePort, Lab, NO_MOSQUITTO, pause, until } from './uplink/lab.ts';

test('states and health cross the bridge of docs/scaling.md; visits, acks and the operator’s words do not', {
  skip: NO_MOSQUITTO,
}, async (t) => {
  const lab = new Lab();
  t.teardown(() => lab.stop());
  const [operator, site] = [await freePort(), await freePort()];
  const page = readFileSync(new URL('../../docs/scaling.md', import.meta.url), 'utf8');
  const [, block = ''] = /```\n(connection [^`]*)```/.exec(page) ?? [];
  // The same bridge in the clear: both brokers are on this machine.
  const bridge = block.replace('operator.example:8883', `127.0.0.1:${operator}`).replace(/^bridge_(ca|cert|key)file.*\n/gm, '');
  const conf = (name: string, port: number, more = ''): string => {
    const file = lab.path(`${name}.conf`);
    writeFileSync(file, `user ${userInfo().username}\nlistener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n${more}`);
    return file;
  };
  await lab.startBroker(conf('operator', operator), operator);
  await lab.startBroker(conf('site', site, bridge), site);
  const at = (port: number) => connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, reconnectPeriod: 0 });
  const [above, below] = await Promise.all([at(operator), at(site)]);
  t.teardown(() => Promise.all([above.endAsync(true), below.endAsync(true)]));
  const heard = { above: [] as string[], below: [] as string[] };
  above.on('message', (topic) => heard.above.push(topic));
  await above.subscribeAsync('#', { qos: 1 });
  const topic = (channel: string) => `kazashi/1/clinic/kiosk-1/${channel}`;
  await until('the bridge', () => {
    void below.publishAsync(topic('state'), 'x', { qos: 1, retain: true });
    return heard.above.includes(topic('state'));
  });
  below.on('message', (name, payload) => {
    if (String(payload) === 'from above') heard.below.push(name);
  });
  await below.subscribeAsync('#', { qos: 1 });
  for (const channel of ['visit', 'ack', 'request', 'command', 'health']) await below.publishAsync(topic(channel), 'x', { qos: 1 });
  for (const channel of ['state', 'visit', 'command']) await above.publishAsync(topic(channel), 'from above', { qos: 1 });
  await until('health', () => heard.above.includes(topic('health')));
  await pause(500);
  const own = ['visit', 'command'].map(topic);
  t.same(new Set(heard.above), new Set([topic('state'), topic('health'), ...own]), 'the last two are what was said above itself');
  t.equal(heard.above.filter((name) => own.includes(name)).length, 2, 'once each: none of them came from the site');
  t.same(heard.below, []);
});
