package outbox

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"lensan/server/testkit"
)

// smtpServer is a real server that keeps what it takes.
type smtpServer struct {
	*smtp.Server
	address string
	roots   *x509.CertPool

	mu       sync.Mutex
	took     [][]byte
	to       []string
	user     string
	rcptErr  error
	dataErr  error
	hangUpAt string // "data": the connection breaks when the message was read, before the answer
	conns    []net.Conn
}

func startSMTP(t *testing.T, change func(*smtp.Server)) *smtpServer {
	t.Helper()
	s := &smtpServer{}
	s.Server = smtp.NewServer(s)
	s.Domain, s.AllowInsecureAuth = "localhost", false
	cert, roots := certificate(t)
	s.roots, s.TLSConfig = roots, &tls.Config{Certificates: []tls.Certificate{cert}}
	if change != nil {
		change(s.Server)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = l.Addr().String()
	go s.Serve(keeping{l, s})
	t.Cleanup(func() { s.Close() })
	return s
}

// keeping remembers connections, so that a test can break them.
type keeping struct {
	net.Listener
	s *smtpServer
}

func (k keeping) Accept() (net.Conn, error) {
	c, err := k.Listener.Accept()
	if err == nil {
		k.s.mu.Lock()
		k.s.conns = append(k.s.conns, c)
		k.s.mu.Unlock()
	}
	return c, err
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

func (s *smtpServer) NewSession(*smtp.Conn) (smtp.Session, error) { return &smtpSession{s: s}, nil }

type smtpSession struct {
	s  *smtpServer
	to string
}

func (*smtpSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (x *smtpSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "mật khẩu" {
			return smtp.ErrAuthFailed
		}
		x.s.mu.Lock()
		defer x.s.mu.Unlock()
		x.s.user = user
		return nil
	}), nil
}

func (*smtpSession) Mail(string, *smtp.MailOptions) error { return nil }

func (x *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.to = to
	return x.s.rcptErr
}

func (x *smtpSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if err != nil {
		return err
	}
	if x.s.dataErr != nil {
		return x.s.dataErr
	}
	x.s.took, x.s.to = append(x.s.took, raw), append(x.s.to, x.to)
	if x.s.hangUpAt == "data" {
		for _, c := range x.s.conns {
			c.Close()
		}
	}
	return nil
}

func (*smtpSession) Reset()        {}
func (*smtpSession) Logout() error { return nil }

// taken returns the messages that were taken.
func (s *smtpServer) taken() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.took
}

func (s *smtpServer) sender(t *testing.T, url string) Sender {
	t.Helper()
	server, err := ParseMailServer(strings.Replace(url, "ADDRESS", s.address, 1), "Lên Sàn <len-san@example.vn>")
	if err != nil {
		t.Fatal(err)
	}
	server.TLS = &tls.Config{RootCAs: s.roots, ServerName: "127.0.0.1"}
	return NewMail(server)
}

var letter = Message{Key: "report/1/2026-10", To: "vp@angiang.gov.vn", Subject: "Báo cáo tháng 10/2026: An Giang", Body: "Kính gửi quý cơ quan,\n\nĐính kèm là báo cáo.\n.\nHết.\n",
	CreatedAt: time.Date(2026, 11, 3, 7, 0, 0, 0, time.UTC), Files: []File{{Name: "báo-cáo.pdf", Type: "application/pdf", Content: bytes.Repeat([]byte("%PDF\x00\xff"), 5000)}}}

func free() error { return nil }

func TestMail_arrivesWhole(t *testing.T) {
	s := startSMTP(t, nil)
	if err := s.sender(t, "smtp://lan:m%E1%BA%ADt%20kh%E1%BA%A9u@ADDRESS").Send(t.Context(), letter, free); err != nil {
		t.Fatal(err)
	}
	took := s.taken()
	if len(took) != 1 || s.to[0] != letter.To || s.user != "lan" {
		t.Fatalf("%d messages to %v from user %q", len(took), s.to, s.user)
	}
	m, err := mail.ReadMessage(bytes.NewReader(took[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != letter.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	if from, err := mail.ParseAddress(m.Header.Get("From")); err != nil || from.Name != "Lên Sàn" || from.Address != "len-san@example.vn" {
		t.Errorf("from %v, %v", from, err)
	}
	if id := m.Header.Get("Message-Id"); !strings.HasSuffix(id, "@example.vn>") || m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("id %s, auto-submitted %s", id, m.Header.Get("Auto-Submitted"))
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	text, err := parts.NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(text))
	if got := strings.ReplaceAll(string(body), "\r\n", "\n"); err != nil || strings.TrimSpace(got) != strings.TrimSpace(letter.Body) {
		t.Errorf("body %q, %v", got, err)
	}
	file, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, file))
	if err != nil || !bytes.Equal(content, letter.Files[0].Content) {
		t.Errorf("the file came with %d bytes instead of %d, %v", len(content), len(letter.Files[0].Content), err)
	}
	if name, err := new(mime.WordDecoder).DecodeHeader(file.FileName()); err != nil || name != "báo-cáo.pdf" {
		t.Errorf("file name %q, %v", name, err)
	}
}

// The same message has the same Message-ID each time, so that a mailbox can tell.
func TestMail_sameID(t *testing.T) {
	s := startSMTP(t, nil)
	sender := s.sender(t, "smtp://ADDRESS")
	var ids []string
	for range 2 {
		if err := sender.Send(t.Context(), letter, free); err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(s.taken()[len(ids)]))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.Header.Get("Message-Id"))
	}
	if ids[0] != ids[1] || ids[0] == "" {
		t.Errorf("ids %q", ids)
	}
}

func TestMail_failures(t *testing.T) {
	for _, c := range []struct {
		name   string
		set    func(*smtpServer)
		url    string
		letter func(*Message)
		want   error // nil: may pass
		took   int
		handed bool
	}{
		{name: "no such mailbox", set: func(s *smtpServer) { s.rcptErr = &smtp.SMTPError{Code: 550, Message: "no such mailbox"} }, want: ErrRefused, handed: true},
		{name: "greylisted", set: func(s *smtpServer) { s.rcptErr = &smtp.SMTPError{Code: 451, Message: "later"} }, handed: true},
		{name: "message refused", set: func(s *smtpServer) { s.dataErr = &smtp.SMTPError{Code: 554, Message: "spam"} }, want: ErrRefused, handed: true},
		{name: "disk full", set: func(s *smtpServer) { s.dataErr = &smtp.SMTPError{Code: 452, Message: "no room"} }, handed: true},
		{name: "breaks before the answer", set: func(s *smtpServer) { s.hangUpAt = "data" }, want: ErrUnclear, took: 1, handed: true},
		{name: "wrong password", url: "smtp://lan:x@ADDRESS"},
		{name: "no server", set: func(s *smtpServer) { s.address = testkit.FreeAddress(t) }},
		{name: "no TLS where it must be", set: func(s *smtpServer) { s.TLSConfig = nil }, url: "smtp://lan:x@ADDRESS"},
		{name: "bad address", letter: func(m *Message) { m.To = "an giang" }, want: ErrRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := startSMTP(t, nil)
			if c.set != nil {
				c.set(s)
			}
			url := c.url
			if url == "" {
				url = "smtp://ADDRESS"
			}
			m, handed := letter, false
			if c.letter != nil {
				c.letter(&m)
			}
			err := s.sender(t, url).Send(t.Context(), m, func() error { handed = true; return nil })
			if err == nil || c.want != nil && !errors.Is(err, c.want) || c.want == nil && (errors.Is(err, ErrRefused) || errors.Is(err, ErrUnclear)) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if took := len(s.taken()); took != c.took || handed != c.handed {
				t.Errorf("%d taken, handed over: %v", took, handed)
			}
			if err != nil && strings.Contains(err.Error(), "mật khẩu") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestMail_wrappedTLS(t *testing.T) {
	s := &smtpServer{}
	s.Server = smtp.NewServer(s)
	cert, roots := certificate(t)
	s.roots = roots
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	s.address = l.Addr().String()
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	if err := s.sender(t, "smtps://ADDRESS").Send(t.Context(), letter, free); err != nil || len(s.taken()) != 1 {
		t.Errorf("%v, %d taken", err, len(s.taken()))
	}
}

// A message that waits for a server that says nothing ends with its time.
func TestMail_endsWithItsTime(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	server, err := ParseMailServer("smtp://"+l.Addr().String(), "a@b.vn")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	if err := NewMail(server).Send(ctx, letter, free); err == nil || time.Since(start) > dialTime*2/3 {
		t.Errorf("%v after %s", err, time.Since(start))
	}
}

func TestParseMailServer(t *testing.T) {
	for _, c := range []struct {
		url, from string
		want      MailServer
		ok        bool
	}{
		{"smtp://mail.example.vn", "a@b.vn", MailServer{Host: "mail.example.vn", Port: 587}, true},
		{"smtps://lan:x%40y@mail.example.vn", "a@b.vn", MailServer{Host: "mail.example.vn", Port: 465, Wrapped: true, User: "lan", Password: "x@y"}, true},
		{"smtp://[::1]:25", "a@b.vn", MailServer{Host: "::1", Port: 25, WithoutTLS: true}, true},
		{"smtp://10.0.0.1:25?tls=optional", "a@b.vn", MailServer{Host: "10.0.0.1", Port: 25, WithoutTLS: true}, true},
		{"smtp://10.0.0.1:25?tls=never", "a@b.vn", MailServer{}, false},
		{"smtp://10.0.0.1:70000", "a@b.vn", MailServer{}, false},
		{"http://mail.example.vn", "a@b.vn", MailServer{}, false},
		{"smtp://mail.example.vn/x", "a@b.vn", MailServer{}, false},
		{"smtp://mail.example.vn", "nobody", MailServer{}, false},
		{"smtp://", "a@b.vn", MailServer{}, false},
	} {
		got, err := ParseMailServer(c.url, c.from)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		if got.From.Address = ""; c.ok && got != c.want {
			t.Errorf("%s: %+v", c.url, got)
		}
	}
}

func FuzzParseMailServer(f *testing.F) {
	f.Add("smtp://lan:x@mail.example.vn:587?tls=optional", "Lên Sàn <a@b.vn>")
	f.Fuzz(func(t *testing.T, url, from string) {
		m, err := ParseMailServer(url, from)
		if err == nil && (m.Host == "" || m.Port < 1 || m.Port > 65535 || m.From.Address == "") {
			t.Errorf("%q %q: %+v", url, from, m)
		}
	})
}
