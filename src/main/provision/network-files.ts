// What the settings say about the network, as systemd-networkd and systemd-timesyncd read it.

import type { KioskConfig } from '../../config/schema.ts';

/** systemd.network(5) of the wired interface: an address by DHCP unless one is set. */
export const networkFile = ({ address, gateway, dns }: KioskConfig['network']): string => {
  const fixed = address === undefined ? ['DHCP=yes'] : [`Address=${address}`, ...(gateway === undefined ? [] : [`Gateway=${gateway}`])];
  return [
    '# From kazashi.toml, made at every start.',
    '[Match]',
    'Type=ether',
    '',
    '[Network]',
    ...fixed,
    ...dns.map((one) => `DNS=${one}`),
    '',
  ].join('\n');
};

/** timesyncd.conf(5); undefined: the distribution's own servers. */
export const timeFile = ({ ntp }: KioskConfig['network']): string | undefined =>
  ntp.length === 0 ? undefined : `# From kazashi.toml, made at every start.\n[Time]\nNTP=${ntp.join(' ')}\n`;
