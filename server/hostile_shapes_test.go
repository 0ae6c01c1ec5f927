package main

import "strings"

// shape is what somebody sends on one connection. {smuggled} in it is the code
// of a placement that must never see a click.
type shape struct{ name, bytes string }

const (
	smuggled = "GET /go/{smuggled} HTTP/1.1\r\nHost: a\r\n\r\n"
	post     = "POST /nhung/{code} HTTP/1.1\r\nHost: a\r\n"
	ask      = "GET /go/{code} HTTP/1.1\r\nHost: a\r\n"
)

// malformed is answered with an error, or not at all.
var malformed = []shape{
	{"nothing but line ends", "\r\n\r\n\r\n"},
	{"bytes of no text", "\x00\x01\x02\xff\xfe\r\n\r\n"},
	{"a TLS hello", "\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03abcdefghijklmnopqrstuvwxyz012345\x00\x00\x04\x13\x01\x13\x02\x01\x00\r\n\r\n"},
	{"a mark of byte order", "\xef\xbb\xbf" + smuggled},
	{"a method alone", "GET\r\n\r\n"},
	{"no address", "GET  HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"HTTP/0.9", "GET /go/{smuggled}\r\n\r\n"},
	{"HTTP/0.9 and a second request", "GET /go/{smuggled}\r\n" + smuggled},
	{"a version of nobody", "GET /go/{smuggled} HTTP/9.9\r\nHost: a\r\n\r\n"},
	{"HTTP/2 without its preface", "GET /go/{smuggled} HTTP/2.0\r\nHost: a\r\n\r\n"},
	{"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"},
	{"a version in small letters", "GET /go/{smuggled} http/1.1\r\nHost: a\r\n\r\n"},
	{"more after the version", "GET /go/{smuggled} HTTP/1.1 \r\nHost: a\r\n\r\n"},
	{"a space before the method", " " + smuggled},
	{"two spaces before the address", "GET  /go/{smuggled} HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"tabs for spaces", "GET\t/go/{smuggled}\tHTTP/1.1\r\nHost: a\r\n\r\n"},
	{"a space in the address", "GET /go/{smuggled} /x HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"NUL in the address", "GET /go/{smuggled}\x00 HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"an address without a slash", "GET go/{smuggled} HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"a method of no letters", "G@T /go/{smuggled} HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"another's host in the address", "GET http://other.example/go/{smuggled} HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"another's host by https", "GET https://other.example/{smuggled} HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"a tunnel", "CONNECT other.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n"},
	{"a star", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"no Host", "GET /go/{smuggled} HTTP/1.1\r\n\r\n"},
	{"two Hosts", "GET /go/{smuggled} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
	{"a header without a colon", "GET /go/{smuggled} HTTP/1.1\r\nHost: a\r\nX-Nothing\r\n\r\n"},
	{"a header without a name", "GET /go/{smuggled} HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n"},
	{"a space before the colon", "GET /go/{smuggled} HTTP/1.1\r\nHost: a\r\nX : x\r\n\r\n"},
	{"NUL in a name", "GET /go/{smuggled} HTTP/1.1\r\nHost: a\r\nX\x00: x\r\n\r\n"},
	{"NUL in a value", "GET /go/{smuggled} HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n"},
	{"a lone CR in a value", "GET /go/{smuggled} HTTP/1.1\r\nHost: a\r\nX: a\rContent-Length: 5\r\n\r\n"},
	{"a first header that goes on", "GET /go/{smuggled} HTTP/1.1\r\n Host: a\r\n\r\n"},
	{"LF alone", "GET /go/{smuggled} HTTP/1.1\nHost: a\n\n"},
	{"headers that do not end", "GET /go/{smuggled} HTTP/1.1\r\nHost: a\r\nX: "},
	{"a body that does not end", post + "Content-Length: 100\r\n\r\nma="},
	{"a length below zero", post + "Content-Length: -1\r\n\r\n" + smuggled},
	{"a length with a plus", post + "Content-Length: +5\r\n\r\nhello" + smuggled},
	{"a hexadecimal length", post + "Content-Length: 0x5\r\n\r\nhello" + smuggled},
	{"a length of two numbers", post + "Content-Length: 5 5\r\n\r\nhello" + smuggled},
	{"a list of lengths", post + "Content-Length: 5, 5\r\n\r\nhello" + smuggled},
	{"no length", post + "Content-Length:\r\n\r\n" + smuggled},
	{"a length beyond 64 bits", post + "Content-Length: 18446744073709551621\r\n\r\nhello" + smuggled},
	{"a line of 20 KB", "GET /go/{smuggled}?" + strings.Repeat("x", 20<<10) + " HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"a header of 20 KB", "GET /go/{smuggled} HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 20<<10) + "\r\n\r\n"},
	{"3000 headers", "GET /go/{smuggled} HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: yz\r\n", 3000) + "\r\n"},
	{"a body of 11 MB", post + "Content-Length: 11534336\r\n\r\n" + smuggled},
	{"a chunk of 11 MB", post + "Transfer-Encoding: chunked\r\n\r\nb00000\r\n" + smuggled},
}

// smuggling is what one server takes for one request and another for two. It is
// answered with one error, or not at all.
var smuggling = []shape{
	{"length and chunks", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled},
	{"chunks and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nX" + smuggled},
	{"length and chunks on a redirect", ask + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled},
	{"two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + smuggled},
	{"two lengths on a redirect", ask + "Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + smuggled},
	{"twice the same length", post + "Content-Length: 5\r\ncontent-length: 5\r\n\r\nhello" + smuggled},
	{"chunks twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled},
	{"chunks, then identity", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + smuggled},
	{"a list of codings", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + smuggled},
	{"identity before chunks", post + "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n" + smuggled},
	{"identity and a length", post + "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello" + smuggled},
	{"a coding of nobody", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled},
	{"a coding with a parameter", post + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n" + smuggled},
	{"a coding in quotes", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n" + smuggled},
	{"a coding after a control", post + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + smuggled},
	{"a coding before NUL", post + "Transfer-Encoding: chunked\x00\r\n\r\n0\r\n\r\n" + smuggled},
	{"a space before the colon", post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + smuggled},
	{"a tab before the colon", post + "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n" + smuggled},
	{"a coding on the next line", post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + smuggled},
	{"a length on the next line", post + "Content-Length:\r\n 5\r\n\r\nhello" + smuggled},
	{"a length that goes on", post + "Content-Length: 5\r\n 0\r\n\r\nhello" + smuggled},
	{"a coding that continues a header", post + "Content-Length: 5\r\nX: x\r\n Transfer-Encoding: chunked\r\n\r\nhello" + smuggled},
	{"a length that continues a header of a redirect", "GET /go/{smuggled} HTTP/1.1\r\nHost: a\r\nX: x\r\n Content-Length: 44\r\n\r\n" + smuggled},
	{"a length after a lone LF", post + "X: x\nContent-Length: 5\r\n\r\nhello" + smuggled},
	{"a coding after a lone LF", post + "Content-Length: 5\r\nX: x\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled},
	{"chunks in HTTP/1.0", "POST /kiem-tra HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled},
	{"LF in a chunk's extension", post + "Transfer-Encoding: chunked\r\n\r\n5;\nhello\r\n0\r\n\r\n" + smuggled},
	{"LF after a chunk's size", post + "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n" + smuggled},
	{"a chunk's size below zero", post + "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n" + smuggled},
	{"a chunk's size with 0x", post + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n" + smuggled},
	{"a chunk's size of two numbers", post + "Transfer-Encoding: chunked\r\n\r\n5 5\r\nhello\r\n0\r\n\r\n" + smuggled},
	{"a chunk without a size", post + "Transfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n" + smuggled},
	{"a chunk's size beyond 64 bits", post + "Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n" + smuggled},
	{"a chunk longer than its size", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n" + smuggled},
	{"a chunk that does not end", post + "Transfer-Encoding: chunked\r\n\r\nff\r\nhello\r\n0\r\n\r\n" + smuggled},
	{"a length in the trailer", post + "Transfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n0\r\nContent-Length: 44\r\n\r\n" + smuggled},
	{"a trailer that does not end", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + smuggled},
}

// swallowed is unusual and allowed: one answer, and what looks like a second
// request is part of the first, or comes after its end.
var swallowed = []shape{
	{"a request in the body of a redirect", ask + "Content-Length: {length}\r\n\r\n" + smuggled},
	{"a request in a body", post + "Content-Length: {length}\r\n\r\n" + smuggled},
	{"a request in a chunk", post + "Transfer-Encoding: chunked\r\n\r\n{hex}\r\n" + smuggled + "\r\n0\r\n\r\n"},
	{"a chunk with an extension", post + "Transfer-Encoding: chunked\r\n\r\n{hex};a=\"b\"\r\n" + smuggled + "\r\n0\r\n\r\n"},
	{"a request in the body of a HEAD", "HEAD /go/{code} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n" + smuggled},
	{"a request in a body that is waited for", post + "Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n" + smuggled},
	{"a request after the last", ask + "Connection: close\r\n\r\n" + smuggled},
	{"a request after HTTP/1.0", "GET /go/{code} HTTP/1.0\r\nHost: a\r\n\r\n" + smuggled},
	{"a change to HTTP/2", ask + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"},
	{"our own host in the address", "GET http://a/go/{code} HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"line ends before the request", "\r\n\r\n" + ask + "\r\n"},
}
