import type { VendorTemplate } from '../template.ts';

export const omeTemplate: VendorTemplate = {
  title: 'OvenMediaEngine',
  account: `\
ome-studio:
  vendor: ome
  url: http://127.0.0.1:8081 # Server.xml, <Bind><Managers><API>
  accessToken: \${OME_ACCESS_TOKEN} # Server.xml, <Managers><API><AccessToken>
  # recordsDir: /mnt/ome-records # where workers see its <RootPath>: files can then be \`stored\`
  # callbacks: # AdmissionWebhooks and Alert of Server.xml, taken in by \`keeprolling gateway\`
  #   path: \${OME_CALLBACK_PATH} # openssl rand -hex 16
  #   keys: \${OME_CALLBACK_KEY} # <SecretKey> of both
`,
  specification: `\
name: cam1 # for people; with the window's beginning it names the session
owner: team-events
labels: { tier: gold } # searchable
account: ome-studio # in keeprolling.yaml
target: { vhost: default, app: app, stream: cam1 } # output: cam1_o, where the profile names it otherwise
window:
  from: now # or 2026-11-24T15:00, with zone
  length: 2h # or until: 2026-11-24T17:00
  zone: Europe/Berlin
  padding: { before: 2m, after: 5m }
  overrun: 30m # go on while the source is up, at most so long
  maxDuration: 4h # a hard end that no command moves
source: { late: wait, gone: end after 30m } # wait | end after D | fail after D
pause: { warnAfter: 10m, max: 30m }
options: # in OvenMediaEngine's own words
  interval: 3600000
  segmentationRule: continuity
`,
};
