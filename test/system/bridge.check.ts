// The bridge of docs/scaling.md with two brokers: states and health go out to the operator, nothing sealed does, and nothing comes in.

import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { test } from 'tap';
import { freePort } from '../free-port.ts';
import { Lab, NO_MOSQUITTO, siteCommand, until } from './uplink/lab.ts';

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
  // Where docs/scaling.md puts it, and what the site command leaves in its place.
  const folder = lab.path('broker-site');
  siteCommand('init', folder, '--site', 'clinic', '--broker', '127.0.0.1');
  writeFileSync(join(folder, 'broker/conf.d/operator.conf'), bridge);
  siteCommand('add-terminal', folder, 'desk-2');
  siteCommand('rotate', folder, 'broker');
  const [include = ''] = /^include_dir .*$/m.exec(readFileSync(join(folder, 'broker/mosquitto.conf'), 'utf8')) ?? [];
  await lab.startBroker(conf('site', site, `${include}\n`), site);
  const at = (port: number) => connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, reconnectPeriod: 0 });
  const [above, below] = await Promise.all([at(operator), at(site)]);
  t.teardown(() => Promise.all([above.endAsync(true), below.endAsync(true)]));
  // Topic and text of what was heard; a text names its sayer, so that a repetition (QoS 1 allows it) changes nothing.
  const heard = { above: new Set<string>(), below: new Set<string>() };
  above.on('message', (name, payload) => heard.above.add(`${name} ${payload}`));
  below.on('message', (name, payload) => heard.below.add(`${name} ${payload}`));
  await above.subscribeAsync('#', { qos: 1 });
  await below.subscribeAsync('#', { qos: 1 });
  const topic = (channel: string) => `kazashi/1/clinic/kiosk-1/${channel}`;
  const say = (who: MqttClient, channel: string, text: string) => who.publishAsync(topic(channel), text, { qos: 1 });
  // Retained, so that a bridge that comes up later than this carries it too.
  await below.publishAsync(topic('state'), 'site', { qos: 1, retain: true });
  await until('the bridge', () => heard.above.has(`${topic('state')} site`));
  for (const channel of ['visit', 'ack', 'request', 'command']) await say(below, channel, 'site');
  for (const channel of ['state', 'visit', 'command', 'health']) await say(above, channel, 'operator');
  // A connection keeps its order: when the last words have gone both ways there and back, everything before them has been where it may go.
  await say(above, 'health', 'last of operator');
  await until('the operator’s last word', () => heard.above.has(`${topic('health')} last of operator`));
  await say(below, 'state', 'last of site');
  await until('the site’s last word', () => heard.above.has(`${topic('state')} last of site`));
  await say(below, 'health', 'last of site');
  await until(
    'the site’s last number',
    () => heard.above.has(`${topic('health')} last of site`) && heard.below.has(`${topic('health')} last of site`),
  );
  const from = (side: ReadonlySet<string>, sayer: string) =>
    new Set([...side].filter((line) => line.endsWith(sayer)).map((line) => line.split(' ')[0] ?? ''));
  t.same(from(heard.above, 'site'), new Set([topic('state'), topic('health')]), 'states and health, nothing sealed, no command');
  t.equal(from(heard.above, 'operator').size, 4, 'the operator hears its own broker');
  t.equal(from(heard.below, 'site').size, 6, 'the site hears its own broker');
  t.same(from(heard.below, 'operator'), new Set(), 'nothing comes in');
});
