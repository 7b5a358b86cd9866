// Where the page is that is tested, and its modules.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const WEB = resolve(process.env.WEB || 'nms/web');
export const web = path => import(pathToFileURL(resolve(WEB, path)).href);
