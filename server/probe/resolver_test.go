package probe

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// names is a name server: each name's answers are given in turn, all of one
// answer at once. Names below "nip.test" hold their address, as nip.io's do.
type names struct {
	mu    sync.Mutex
	turns map[string][][]string
	asked map[string]int
}

// resolver starts the server on loopback.
func (n *names) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	n.mu.Lock()
	n.asked = map[string]int{}
	n.mu.Unlock()
	go func() {
		buffer := make([]byte, 1500)
		for {
			size, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			if answer := n.answer(buffer[:size]); answer != nil {
				conn.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func (n *names) answer(raw []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(raw) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	list := n.lookUp(strings.ToLower(strings.TrimSuffix(q.Name.String(), ".")), q.Type)
	if list == nil {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, text := range list {
		a, err := netip.ParseAddr(text)
		if err != nil {
			continue
		}
		head := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 0}
		switch {
		case a.Is4() && q.Type == dnsmessage.TypeA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: a.As4()}})
		case a.Is6() && q.Type == dnsmessage.TypeAAAA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
		}
	}
	out, err := m.Pack()
	if err != nil {
		return nil
	}
	return out
}

func (n *names) lookUp(name string, kind dnsmessage.Type) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if held, ok := strings.CutSuffix(name, ".nip.test"); ok {
		return []string{strings.ReplaceAll(held, "-", ":")}
	}
	turns := n.turns[name]
	if turns == nil {
		return nil
	}
	turn := n.asked[name]
	if kind == dnsmessage.TypeA {
		n.asked[name]++
	}
	return turns[min(turn, len(turns)-1)]
}

// set gives names their answers.
func (n *names) set(turns map[string][][]string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.turns = turns
}
