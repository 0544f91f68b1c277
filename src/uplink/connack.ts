// What a refused or broken connection attempt means for the next one. Pure.

export type AttemptEnd =
  /** The broker does not speak this MQTT version: try the other one at once. */
  | 'version'
  /** Credentials, rights or a ban: only a person can change that. Try slowly, raise an alarm. */
  | 'refused'
  /** The broker asks for patience. */
  | 'busy'
  /** Network, TLS, silence, anything else. */
  | 'failed';

const VERSION_5: Readonly<Record<number, AttemptEnd>> = {
  132: 'version',
  133: 'refused',
  134: 'refused',
  135: 'refused',
  136: 'busy',
  137: 'busy',
  138: 'refused',
  140: 'refused',
};
const VERSION_3: Readonly<Record<number, AttemptEnd>> = { 1: 'version', 2: 'refused', 3: 'busy', 4: 'refused', 5: 'refused' };

/**
 * Class of a CONNACK reason code (MQTT 5.0, 3.2.2.2; MQTT 3.1.1, 3.2.2.3). Brokers without MQTT 5 may answer a version 5 CONNECT with
 * either code, so both tables are looked at.
 */
export const classifyConnack = (reasonCode: number | undefined): AttemptEnd =>
  (reasonCode === undefined ? undefined : (VERSION_5[reasonCode] ?? VERSION_3[reasonCode])) ?? 'failed';
