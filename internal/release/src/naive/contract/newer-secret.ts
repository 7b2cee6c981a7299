/** The endpoint's secret after a rotation. While it lasts, mintfax signs with both, and with this one first. */
export const NEWER_SECRET = "whsec_bmV3ZXItc2VjcmV0LW9mLTI0LWJ5dGVz";
