// Package public answers everyone who is not signed in: the redirects behind
// badges and printed codes, the hub page, badges and QR files, the enhancer's
// script and its views, the embed and verify pages, and the health checks.
package public
