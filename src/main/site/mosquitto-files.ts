// Texts of mosquitto's two files for one site. Every client is who its certificate says; a kiosk reaches its own topics and the terminal's
// state, a terminal what terminals need, and nobody anything else. Options: mosquitto.conf(5) of 2.0.

import { MAX_PAYLOAD_BYTES } from '../../uplink/contract/index.ts';

export interface BrokerPlace {
  readonly site: string;
  /** Absolute folder of ca.pem, crl.pem, cert.pem, key.pem and acl on the broker's machine. */
  readonly folder: string;
  readonly port: number;
  /** Account that mosquitto changes to when root starts it. */
  readonly user: string;
}

export const mosquittoConf = ({ site, folder, port, user }: BrokerPlace): string =>
  `# Broker of the site ${site}. Made by \`kazashi site\`; made again by it: options of your own belong into a
# file ending in .conf in ${folder}/conf.d, which it never touches.
# It knows its clients by certificate alone: there is no password and no anonymous access.
user ${user}
listener ${port}
cafile ${folder}/ca.pem
crlfile ${folder}/crl.pem
certfile ${folder}/cert.pem
keyfile ${folder}/key.pem
tls_version tlsv1.3
require_certificate true
use_identity_as_username true
# A client id of somebody else's would throw that client out.
use_username_as_clientid true
allow_anonymous false
acl_file ${folder}/acl

# The contract's payloads stay below 128 kB; headers come on top.
message_size_limit ${MAX_PAYLOAD_BYTES}
max_packet_size ${MAX_PAYLOAD_BYTES + 4_096}
# A drain after an outage: the terminal is never asked to hold more than this at once, kiosks keep the rest.
max_inflight_messages 100
max_queued_messages 10000
set_tcp_nodelay true
# Kiosks keep every visit until the terminal has signed for it, and say who they are at each connect: nothing here must survive.
persistence false
log_dest stderr
log_type error
log_type warning
log_type notice
connection_messages true

include_dir ${folder}/conf.d
`;

const TERMINAL_RULES = [
  'read +/state',
  'read +/visit',
  'read +/request',
  'read +/health',
  'read +/report',
  'write +/ack',
  'write +/command',
] as const;

/** `terminals`: common names of the terminals' certificates, with the topic each says its state on. */
export const mosquittoAcl = (site: string, terminals: readonly { readonly user: string; readonly stateTopic: string }[]): string => {
  const root = `kazashi/1/${site}`;
  const rights = terminals.map(({ user, stateTopic }) =>
    [`user ${user}`, ...TERMINAL_RULES.map((rule) => `topic ${rule.replace(' ', ` ${root}/`)}`), `topic readwrite ${stateTopic}`].join(
      '\n',
    ),
  );
  return `# Who may do what at the site ${site}. Made by \`kazashi site\`; made again by it.
# %u is the common name of the client's certificate. What no rule allows is forbidden.

# Kiosks: each its own topics, and the word of the terminals.
pattern readwrite ${root}/%u/state
pattern write ${root}/%u/visit
pattern write ${root}/%u/request
pattern write ${root}/%u/health
pattern write ${root}/%u/report
pattern read ${root}/%u/ack
pattern read ${root}/%u/command
pattern read ${root}/terminal/state
pattern read ${root}/terminal/state/+

${rights.join('\n\n')}
`;
};
