package dashboard

import (
	"context"
	"io"
	"strconv"
	"time"

	"lensan/server/outbox"
	"lensan/server/referral"
	"lensan/server/web"
)

// Outbox is what the pages need of package outbox.
type Outbox interface {
	Can(channel string) bool
	Messages(ctx context.Context, q outbox.Query) (list []outbox.Message, next string, err error)
	Message(ctx context.Context, num int64) (outbox.Message, error)
	Counts(ctx context.Context) (map[outbox.State]int, error)
	Retry(ctx context.Context, a referral.Actor, num int64) error
}

var _ Outbox = (*outbox.Outbox)(nil)

const messagesPath = Root + "/thu"

// messageGroups are what the page tells apart: what waits, what was sent, what
// somebody has to look at.
var messageGroups = []struct {
	name   string
	states []outbox.State
}{
	{"waiting", []outbox.State{outbox.Waiting, outbox.Taken, outbox.Handed}},
	{"sent", []outbox.State{outbox.Sent}},
	{"failed", []outbox.State{outbox.Failed, outbox.Unclear}},
}

type messagesData struct {
	Done string
	Off  bool
	Tabs []link
	Rows []messageRow
	Next string
}

type messageRow struct {
	Num               int64
	Kind, To, Subject string
	State, Class      string
	Text              string // what the state means
	Tries             int
	Problem           string
	CreatedAt, DoneAt time.Time
	NextAt            time.Time // zero if no try is to come
}

type messageData struct {
	Done  string
	Row   messageRow
	Body  string
	Files []messageFile
	Retry bool
}

type messageFile struct{ Name, Size, Href string }

var messageClass = map[outbox.State]string{outbox.Sent: "good", outbox.Unclear: "warning", outbox.Failed: "danger"}

func (v *visit) messageRow(m outbox.Message) messageRow {
	row := messageRow{Num: m.Num, Kind: v.l.T("mail.kind_" + m.Kind), To: m.To, Subject: m.Subject, State: v.l.T("mail.state_" + string(m.State)),
		Text: v.l.T("mail.means_" + string(m.State)), Class: messageClass[m.State], Tries: m.Tries, Problem: m.Problem, CreatedAt: m.CreatedAt, DoneAt: m.DoneAt}
	if m.State == outbox.Waiting && m.Tries > 0 {
		row.NextAt = m.NextAt
	}
	return row
}

func (v *visit) onlyMail() error {
	if !v.mayMail() {
		return referral.Errorf(referral.ErrForbidden, "dashboard.guard.role")
	}
	return nil
}

func (d *Dashboard) messages(v *visit) error {
	if err := v.onlyMail(); err != nil {
		return err
	}
	counts, err := d.Outbox.Counts(v.ctx())
	if err != nil {
		return err
	}
	data := messagesData{Done: v.doneText(), Off: !d.Outbox.Can(outbox.Mail)}
	q := outbox.Query{Cursor: v.query.Get("cursor")}
	data.Tabs = []link{{Label: v.l.T("mail.tab_all"), Href: messagesPath, Current: true}}
	failed := 0
	for _, g := range messageGroups {
		n := 0
		for _, s := range g.states {
			n += counts[s]
		}
		if g.name == "failed" {
			failed = n
		}
		current := v.query.Get("state") == g.name
		if current {
			q.States, data.Tabs[0].Current = g.states, false
		}
		data.Tabs = append(data.Tabs, link{Label: v.l.T("mail.tab_"+g.name, "n", v.l.Number(int64(n))), Href: messagesPath + "?state=" + g.name, Current: current})
	}
	list, next, err := d.Outbox.Messages(v.ctx(), q)
	if err != nil {
		return err
	}
	data.Next = v.nextPage(next)
	for _, m := range list {
		data.Rows = append(data.Rows, v.messageRow(m))
	}
	title := v.l.T("mail.title")
	if failed > 0 {
		title = v.l.T("mail.title_failed", "n", v.l.Number(int64(failed)))
	}
	return v.render("dash_messages.html", title, data)
}

// theMessage finds the message that the address names.
func (v *visit) theMessage() (m outbox.Message, err error) {
	if err := v.onlyMail(); err != nil {
		return m, err
	}
	num, err := strconv.ParseInt(v.param("num"), 10, 64)
	if err != nil {
		return m, referral.Errorf(referral.ErrNotFound, "status.not_found.detail")
	}
	return v.d.Outbox.Message(v.ctx(), num)
}

func (d *Dashboard) message(v *visit) error {
	m, err := v.theMessage()
	if err != nil {
		return err
	}
	data := messageData{Done: v.doneText(), Row: v.messageRow(m), Body: m.Body, Retry: m.State == outbox.Failed || m.State == outbox.Unclear}
	for i, f := range m.Files {
		data.Files = append(data.Files, messageFile{Name: f.Name, Size: v.l.T("mail.kilobytes", "n", v.l.Number(int64(len(f.Content)+1023)/1024)),
			Href: messagesPath + "/" + strconv.FormatInt(m.Num, 10) + "/tep/" + strconv.Itoa(i)})
	}
	return v.render("dash_message.html", m.Subject, data)
}

func (d *Dashboard) messageFile(v *visit) error {
	m, err := v.theMessage()
	if err != nil {
		return err
	}
	i, err := strconv.Atoi(v.param("file"))
	if err != nil || i < 0 || i >= len(m.Files) {
		return referral.Errorf(referral.ErrNotFound, "status.not_found.detail")
	}
	f := m.Files[i]
	return web.SendFile(v.c, f.Type, f.Name, func(w io.Writer) error {
		_, err := w.Write(f.Content)
		return err
	})
}

func (d *Dashboard) retryMessage(v *visit) error {
	m, err := v.theMessage()
	if err != nil {
		return err
	}
	if err := d.Outbox.Retry(v.ctx(), v.actor(), m.Num); err != nil {
		return err
	}
	return v.goTo(messagesPath+"/"+strconv.FormatInt(m.Num, 10), "done", "queued")
}
