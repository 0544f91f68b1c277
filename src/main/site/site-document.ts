// What is written down about a site as a whole: site.json in its folder.

import { z } from 'zod';
import { ID_PATTERN } from '../../uplink/contract/index.ts';

export const siteSchema = z.strictObject({
  version: z.literal(1),
  site: z.string().regex(ID_PATTERN),
  hosts: z.array(z.string().min(1)).min(1),
  port: z.int().min(1).max(65_535),
  brokerUser: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/),
  /** Where the broker's folder will be on its machine, and a kiosk's on its own. */
  brokerAt: z.string().startsWith('/'),
  kioskAt: z.string().startsWith('/'),
  revoked: z.array(z.strictObject({ serial: z.string(), at: z.number() })),
});
export type SiteDocument = z.infer<typeof siteSchema>;
