/** The picture of a mix: in start within `transcodingConfig`, in updateLayout by itself and as a whole. */
import { integerAt, isFields, listAt, neededText, shareAt, textAt } from './fields.ts';
import type { Fields } from './fields.ts';
import { bad } from './reply.ts';

export interface Layout {
  mixedVideoLayout: number;
  backgroundColor: string;
  maxResolutionUid: string | undefined;
  /** How many regions of its own it has. */
  regions: number;
}

const MOST_REGIONS = 17;
const CUSTOM = 3;

export function readLayout(op: string, from: Fields): Layout {
  const mixedVideoLayout = integerAt(op, from, 'mixedVideoLayout', { least: 0, most: CUSTOM }) ?? 0;
  const backgroundColor = textAt(op, from, 'backgroundColor') ?? '#000000';
  if (!/^#[0-9A-Fa-f]{6}$/.test(backgroundColor)) bad(op, 'backgroundColor');
  const maxResolutionUid = textAt(op, from, 'maxResolutionUid');
  textAt(op, from, 'backgroundImage');
  textAt(op, from, 'defaultUserBackgroundImage');
  const regions = listAt(op, from, 'layoutConfig') ?? [];
  if (regions.length > MOST_REGIONS) bad(op, 'layoutConfig');
  if (mixedVideoLayout === CUSTOM && regions.length === 0) bad(op, 'layoutConfig');
  for (const region of regions) checkRegion(op, region);
  for (const one of listAt(op, from, 'backgroundConfig') ?? []) {
    if (!isFields(one)) bad(op, 'backgroundConfig');
    neededText(op, one, 'uid');
    neededText(op, one, 'image_url');
    integerAt(op, one, 'render_mode', { least: 0, most: 1 });
  }
  return { mixedVideoLayout, backgroundColor, maxResolutionUid, regions: regions.length };
}

function checkRegion(op: string, region: unknown): void {
  if (!isFields(region)) bad(op, 'layoutConfig');
  textAt(op, region, 'uid');
  for (const name of ['x_axis', 'y_axis', 'width', 'height']) {
    if (shareAt(op, region, name) === undefined) bad(op, name);
  }
  shareAt(op, region, 'alpha');
  integerAt(op, region, 'render_mode', { least: 0, most: 1 });
}
