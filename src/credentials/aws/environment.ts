/** The SDK's note that it will leave a Node release behind is for us, and not for the log of every worker. */
export function withoutSupportNote(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}
