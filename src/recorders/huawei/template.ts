import type { VendorTemplate } from '../template.ts';

export const huaweiTemplate: VendorTemplate = {
  title: 'Huawei Cloud Live',
  account: `\
huawei-prod:
  vendor: huawei
  region: cn-north-4 # of Live, and of the bucket
  projectId: \${HUAWEI_PROJECT_ID} # console, My Credentials, the project of that region
  accessKey: \${HUAWEI_ACCESS_KEY} # of an IAM user; or token, or temporary: { domain, user, password }
  secretKey: \${HUAWEI_SECRET_KEY} # or file:/run/secrets/huawei
  # callbacks: # \`keeprolling callbacks install huawei-prod\`, taken in by \`keeprolling gateway\`
  #   path: \${HUAWEI_CALLBACK_PATH} # openssl rand -hex 16
  #   keys: \${HUAWEI_CALLBACK_KEY} # openssl rand -hex 16
  #   url: https://hooks.example.com # where the gateway is reached from outside
  #   domains: [push.example.com] # ingest domains
`,
  destination: `\
huawei-archive:
  cloud: huawei
  bucket: acme-recordings # of OBS; the account itself lets Live write there, so no credentials are needed
  region: cn-north-4
  prefix: live
`,
  specification: `\
name: match-day
owner: team-sports
account: huawei-prod # in keeprolling.yaml
target: { publishDomain: push.example.com, app: live, stream: match } # the ingest domain, not the playback domain
window: # from: now, or 2026-11-24T15:00 in this zone
  { from: now, length: 2h, zone: Asia/Shanghai, padding: { before: 2m, after: 5m } }
source: { late: wait, gone: end after 30m }
storage: huawei-archive # a destination in keeprolling.yaml
options: # of the recording rule, in Huawei's own words
  record_format: [HLS]
  hls_config: { record_cycle: 3600, record_max_duration_to_merge_file: 60 }
policy: { rule: ensure, made: keep } # the rule must be there before the encoder connects
`,
};
