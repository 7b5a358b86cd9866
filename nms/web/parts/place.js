// Where a setting stands: what the engineer's file says is changed there.
import { t } from '../base/texts.js';

export const placeWord = (x) => (x.from === 'page' ? t('cred.page') : x.from === 'file' ? (x.line ? t('set.line', { n: x.line }) : t('cred.file')) : x.from === 'default' ? t('set.default') : '');
