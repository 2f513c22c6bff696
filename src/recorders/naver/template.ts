import type { VendorTemplate } from '../template.ts';

export const naverTemplate: VendorTemplate = {
  title: 'NAVER Live Station',
  account: `\
naver-prod:
  vendor: naver
  accessKey: \${NCP_ACCESS_KEY} # portal, My Page, API authentication key; of a sub account with NCP_LIVE_STATION_MANAGER
  secretKey: \${NCP_SECRET_KEY} # or file:/run/secrets/naver
  regionCode: KR # FKR in the finance zone
  # callbacks: # \`keeprolling callbacks install naver-prod\`, taken in by \`keeprolling gateway\`
  #   path: \${NAVER_CALLBACK_PATH} # openssl rand -hex 16
  #   url: https://hooks.example.com # where the gateway is reached from outside
`,
  destination: `\
naver-archive:
  cloud: naver
  bucket: acme-recordings # Object Storage of the same account; Live Station writes there with rights of its own
`,
  specification: `\
name: shop-hour
owner: team-sports
account: naver-prod # in keeprolling.yaml
target: { channel: ls-20260101090000-AbCdE } # one that records with MANUAL_UPLOAD or AUTO_UPLOAD
window: # from: now, or 2026-11-24T15:00 in this zone
  { from: now, length: 2h, zone: Asia/Seoul, padding: { before: 2m, after: 5m } }
source: { late: wait, gone: end after 30m }
storage: naver-archive # files of MANUAL_UPLOAD are uploaded there; of AUTO_UPLOAD it must be the channel's bucket
options:
  accessControl: PRIVATE # of the files that are uploaded
`,
};
