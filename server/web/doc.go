// Package web holds what the public pages, the API and the dashboard share:
// the Fiber application, languages, pages from templates, assets with a
// checksum in their address, and the one mapping from errors to HTTP. The
// three surfaces are its subfolders; each declares the interfaces that it
// needs, and none knows the store or the configuration.
package web
