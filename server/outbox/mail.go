package outbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// MailServer says by which server mail goes, and from whom.
type MailServer struct {
	Host       string
	Port       int
	User       string // "" for none
	Password   string
	Wrapped    bool // TLS from the first byte on (smtps), else STARTTLS
	WithoutTLS bool // where the server offers none
	From       mail.Address
	TLS        *tls.Config // nil for the machine's own authorities
}

// dialTime bounds the connection, and each answer of the server.
const dialTime = 30 * time.Second

// ParseMailServer reads "smtp://user:password@host:587", "smtps://…" (TLS from
// the first byte on, port 465) and an address such as "Lên Sàn <a@b.vn>".
// Without TLS nothing is sent but to the machine itself, or with
// "?tls=optional". The error says nothing of the password.
func ParseMailServer(address, from string) (m MailServer, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || strings.Trim(u.Path, "/") != "" {
		return m, errors.New("not smtp://host or smtps://host")
	}
	m = MailServer{Host: u.Hostname(), User: u.User.Username(), Wrapped: u.Scheme == "smtps", Port: 587}
	m.Password, _ = u.User.Password()
	if m.Wrapped {
		m.Port = 465
	}
	if port := u.Port(); port != "" {
		if m.Port, err = strconv.Atoi(port); err != nil || m.Port < 1 || m.Port > 65535 {
			return m, errors.New("no such port")
		}
	}
	here, err := netip.ParseAddr(m.Host)
	m.WithoutTLS = m.Host == "localhost" || err == nil && here.IsLoopback()
	for name, values := range u.Query() {
		if name != "tls" || values[0] != "optional" {
			return m, errors.New("tls=optional is the only option")
		}
		m.WithoutTLS = true
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return m, errors.New("no address of the sender")
	}
	m.From = *sender
	return m, nil
}

// mailSender sends by SMTP (RFC 5321).
type mailSender struct{ server MailServer }

// NewMail returns a Sender of mail.
func NewMail(s MailServer) Sender { return mailSender{s} }

func (s mailSender) Send(ctx context.Context, m Message, handing func() error) error {
	msg, err := s.message(m)
	if err != nil {
		return fmt.Errorf("%w: %w", err, ErrRefused)
	}
	client, err := s.client(ctx)
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return err
	}
	defer client.Close()
	if err := handing(); err != nil {
		return err
	}
	return outcome(client.Send(msg), msg.IsDelivered())
}

// client makes a client whose connection breaks when ctx ends.
func (s mailSender) client(ctx context.Context) (*gomail.Client, error) {
	o := []gomail.Option{gomail.WithPort(s.server.Port), gomail.WithTimeout(dialTime), gomail.WithDialContextFunc(func(dial context.Context, network, address string) (net.Conn, error) {
		conn, err := s.dial(dial, network, address)
		if err == nil {
			context.AfterFunc(ctx, func() { conn.Close() })
		}
		return conn, err
	})}
	switch {
	case s.server.Wrapped:
		o = append(o, gomail.WithSSL())
	case s.server.WithoutTLS:
		o = append(o, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		o = append(o, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	o = append(o, gomail.WithTLSConfig(s.tls()))
	if s.server.User != "" {
		o = append(o, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.server.User), gomail.WithPassword(s.server.Password))
	}
	return gomail.NewClient(s.server.Host, o...)
}

func (s mailSender) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if s.server.Wrapped {
		return (&tls.Dialer{Config: s.tls()}).DialContext(ctx, network, address)
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

func (s mailSender) tls() *tls.Config {
	if s.server.TLS != nil {
		return s.server.TLS
	}
	return &tls.Config{ServerName: s.server.Host, MinVersion: tls.VersionTLS12}
}

func (s mailSender) message(m Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&s.server.From)
	if err := msg.To(m.To); err != nil {
		return nil, err
	}
	_, host, _ := strings.Cut(s.server.From.Address, "@")
	sum := sha256.Sum256([]byte(m.Key))
	msg.SetMessageIDWithValue(hex.EncodeToString(sum[:16]) + "@" + host)
	msg.SetDateWithValue(m.CreatedAt)
	msg.Subject(m.Subject)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
	msg.SetBodyString(gomail.TypeTextPlain, m.Body)
	for _, f := range m.Files {
		if err := msg.AttachReader(f.Name, bytes.NewReader(f.Content), gomail.WithFileContentType(gomail.ContentType(f.Type))); err != nil {
			return nil, err
		}
	}
	return msg, nil
}

// outcome tells what an error of go-mail means. A server takes a message with
// its answer to the end of the data (RFC 5321, 4.2.5): if that never came
// nobody knows; before it nothing was taken.
func outcome(err error, delivered bool) error {
	var e *gomail.SendError
	switch {
	case err == nil || delivered:
		return nil
	case !errors.As(err, &e):
		return err
	case e.ErrorCode() >= 500:
		return fmt.Errorf("%w: %w", err, ErrRefused)
	case e.ErrorCode() == 0 && e.Reason == gomail.ErrSMTPDataClose:
		return fmt.Errorf("%w: %w", err, ErrUnclear)
	}
	return err
}
