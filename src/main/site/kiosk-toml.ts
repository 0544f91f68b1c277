// The one file that a technician gives to a kiosk of the site: where its broker is and where its keys lie.

import type { SiteDocument } from './site-document.ts';

export const kioskToml = (
  { site, hosts, port, kioskAt }: Pick<SiteDocument, 'site' | 'hosts' | 'port' | 'kioskAt'>,
  kiosk: string,
): string =>
  `# Settings of ${kiosk} at the site ${site}. docs/configuration.md lists every key; this folder belongs at ${kioskAt}.
[site]
id = "${site}"

[kiosk]
id = "${kiosk}"

[uplink]
broker = "mqtts://${hosts[0]}:${port}"
caFile = "${kioskAt}/ca.pem"
certificateFile = "${kioskAt}/cert.pem"
keyFile = "${kioskAt}/key.pem"
signingKeyFile = "${kioskAt}/kiosk.private.json"
terminalKeysFile = "${kioskAt}/terminal-keys.json"
`;
