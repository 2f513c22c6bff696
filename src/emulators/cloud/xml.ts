import type { EmulatorResponse } from '../emulator.ts';

export class CloudError extends Error {
  readonly status: number;
  readonly code: string;
  /** Further elements and headers that the real answer has. */
  readonly more: { elements?: Record<string, string>; headers?: Record<string, string> };

  constructor(status: number, code: string, message: string, more: CloudError['more'] = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

export function element(name: string, content: string | number | boolean): string {
  return `<${name}>${escapeXml(String(content))}</${name}>`;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function xmlResponse(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): EmulatorResponse {
  return { status, headers: { 'content-type': 'application/xml', ...headers }, body: `${HEAD}${body}` };
}

/** An error as S3 words it; an answer to HEAD has no body. */
export function s3Error(error: CloudError, requestId: string, head: boolean): EmulatorResponse {
  const { status, code, message, more } = error;
  const headers = { 'x-amz-request-id': requestId, ...more.headers };
  if (head) return { status, headers, body: '' };
  const elements = Object.entries({ Code: code, Message: message, ...more.elements, RequestId: requestId });
  const body = elements.map(([name, text]) => element(name, text)).join('');
  return xmlResponse(status, `<Error>${body}</Error>`, headers);
}

/** An error as STS words it. */
export function stsError({ status, code, message }: CloudError, requestId: string): EmulatorResponse {
  const error = `<Error>${element('Type', status < 500 ? 'Sender' : 'Receiver')}${element('Code', code)}${element('Message', message)}</Error>`;
  return xmlResponse(
    status,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${error}${element('RequestId', requestId)}</ErrorResponse>`,
    { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  );
}
