// Imported before any generator is made: what names a longest length is also made that long. fast-check otherwise keeps everything near ten elements.

import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), defaultSizeToMaxWhenMaxSpecified: true });
