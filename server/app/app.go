package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofrs/flock"

	"lensan/server/access"
	"lensan/server/alerts"
	"lensan/server/clicklog"
	"lensan/server/config"
	"lensan/server/coverage"
	"lensan/server/figures"
	"lensan/server/health"
	"lensan/server/mailing"
	"lensan/server/outbox"
	"lensan/server/probe"
	"lensan/server/referral"
	"lensan/server/registry"
	"lensan/server/report"
	"lensan/server/rollup"
	"lensan/server/stats"
	"lensan/server/store"
	"lensan/server/text"
	"lensan/server/web"
	"lensan/server/web/public"
	"lensan/server/wording"
)

// stopWait bounds a graceful stop, from the end of Run's context to its return.
const stopWait = 9 * time.Second

// Options are what a caller may exchange.
type Options struct {
	Texts *text.Bundle // required
	Log   *slog.Logger // default: slog.Default()
	Now   func() time.Time
	// Sample marks every page as showing sample data, and makes Guest.
	Sample bool
}

// App is the whole service.
type App struct {
	// Invitation is the token of the first sign-in, "" once there is an account.
	Invitation string
	// Guest is the token of a sample instance's one-time sign-in link.
	Guest string

	config   config.Config
	log      *slog.Logger
	now      func() time.Time
	texts    *text.Bundle
	lock     *flock.Flock
	store    *store.Store
	journals journals
	clicks   *clicklog.Log
	views    *rollup.ViewBuffer
	links    *referral.LinkTable
	guest    func(token string) (session string, ok bool)
	registry *registry.Registry
	access   *access.Access
	stats    *stats.Stats
	visitors *public.VisitorKey
	probe    *probe.Probe
	health   *health.Checker
	coverage *coverage.Coverage
	checking *duty // of destinations
	looking  *duty // at portals
	reports  *report.Maker
	figures  *figures.Maker // nil: nothing is published
	outbox   *outbox.Outbox
	mailing  *mailing.Mailing
	alerts   *alerts.Alerts
	wording  *wording.Wording

	timings     timings
	refreshed   atomic.Int64 // when the link table was last known to be up to date, in Unix ms
	differences atomic.Int64 // cubes that do not sum to the journal
	reconciled  atomic.Int64 // when they were last compared with it, in Unix time; 0 before the first time
	malformed   atomic.Int64 // reports of views that could not be read
	fiber       *fiber.App
	listener    net.Listener
	metrics     *http.Server
	closing     []func() error
	closeOnce   sync.Once
	closeErr    error
}

// New opens everything that c names and loads the link table. It returns
// ErrConflict wrapped when another server uses the data folder.
func New(ctx context.Context, c config.Config, o Options) (a *App, err error) {
	a = &App{config: c, timings: newTimings(), log: o.Log, now: o.Now, texts: o.Texts, links: new(referral.LinkTable), probe: newProbe(c)}
	if a.log == nil {
		a.log = slog.Default()
	}
	if a.now == nil {
		a.now = time.Now
	}
	opened := a // a failure returns nil
	defer func() {
		if err != nil {
			opened.Close()
		}
	}()
	if err := a.lockData(); err != nil {
		return nil, err
	}
	if err := a.openStore(ctx); err != nil {
		return nil, err
	}
	if err := a.openClicks(ctx); err != nil {
		return nil, err
	}
	if a.Invitation, err = a.access.FirstInvitation(ctx); err != nil {
		return nil, err
	}
	if o.Sample {
		if err = a.openGuest(ctx); err != nil {
			return nil, err
		}
	}
	if err := a.openMail(); err != nil {
		return nil, err
	}
	a.openAlerts()
	return a, a.buildWeb()
}

func (a *App) lockData() error {
	if err := os.MkdirAll(a.config.Data, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	a.lock = flock.New(filepath.Join(a.config.Data, lockFile), flock.SetPermissions(0o600))
	locked, err := a.lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock data folder: %w", err)
	}
	if !locked {
		return referral.Errorf(referral.ErrConflict, "error.data_in_use", "path", a.config.Data)
	}
	a.onClose(a.lock.Unlock)
	return nil
}

func (a *App) openStore(ctx context.Context) (err error) {
	if a.store, err = OpenStore(a.config); err != nil {
		return err
	}
	a.onClose(a.store.Close)
	if a.registry, err = loadRegistry(ctx, a.store, a.links, a.now); err != nil {
		return err
	}
	a.refreshed.Store(a.now().UnixMilli())
	if a.wording, err = newWording(ctx, a.store, a.posters()); err != nil {
		return err
	}
	a.health = health.New(a.store, a.registry, a.probe, health.Options{Interval: a.config.HealthInterval, Now: a.now, Log: a.log})
	if err := a.health.Load(ctx); err != nil {
		return err
	}
	a.coverage = coverage.New(a.store, a.registry.Provinces(), a.probe, coverage.Options{Base: a.config.Base(), Interval: a.config.CoverageInterval, Now: a.now})
	a.checking, a.looking = newDuty(a.config, a.store, healthTurn), newDuty(a.config, a.store, coverageTurn)
	a.access = access.New(a.store, a.config.APIKey, a.now)
	return nil
}

func (a *App) openClicks(ctx context.Context) (err error) {
	if err = a.openJournals(ctx); err != nil {
		return err
	}
	if a.visitors, err = public.OpenVisitorKey(filepath.Join(a.config.Data, visitorFile), a.now); err != nil {
		return fmt.Errorf("visitor key: %w", err)
	}
	a.clicks = clicklog.New(a.timedJournal(), clicklog.Options{CommitWait: a.config.CommitWait})
	a.views = rollup.NewViewBuffer(a.store)
	a.stats = stats.New(a.store, a.registry.Provinces(), a.journals.status, a.now)
	if a.config.PublicFigures {
		a.figures = figures.New(a.stats, a.coverage, a.now)
	}
	return nil
}

func (a *App) onClose(fn func() error) { a.closing = append(a.closing, fn) }

// Listen binds the public address and, if there is one, that of the metrics.
// Metrics that cannot be served are logged and do not keep the server down.
func (a *App) Listen() (err error) {
	if a.listener, err = net.Listen("tcp", a.config.Listen); err != nil {
		return err
	}
	if a.config.MetricsListen == "" {
		return nil
	}
	listener, err := net.Listen("tcp", a.config.MetricsListen)
	if err != nil {
		a.log.Warn("metrics are off", "err", err)
		return nil
	}
	a.metrics = &http.Server{Handler: a.metricsHandler(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := a.metrics.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("metrics", "err", err)
		}
	}()
	a.onClose(a.metrics.Close)
	return nil
}

// Addr returns the public address after Listen.
func (a *App) Addr() net.Addr { return a.listener.Addr() }

// Run serves until ctx ends and then stops in order, within 10 s. Everything
// is closed when it returns.
func (a *App) Run(ctx context.Context) error {
	background, endBackground := context.WithCancel(context.Background())
	defer endBackground()
	applying, endApplying := context.WithCancel(context.Background())
	defer endApplying()

	var jobs sync.WaitGroup
	quality := qualityWriter{app: a}
	for _, job := range []struct {
		name     string
		interval time.Duration
		run      func(context.Context) error
	}{
		{"refresh links", time.Second, a.refreshLinks},
		{"refresh texts", time.Second, a.wording.Refresh},
		{"quality", time.Second, quality.write},
		{"views", 5 * time.Second, a.views.Flush},
		{"reconcile", time.Hour, a.reconcile},
		{"health", 5 * time.Second, a.checking.job(a.health.Load, a.checkDestinations)},
		{"coverage", 10 * time.Second, a.looking.job(a.coverage.Follow, a.coverage.Tick)},
		{"reports by mail", time.Minute, a.mailing.Tick},
		{"alerts", 10 * time.Second, a.alerts.Tick},
		{"outbox", 5 * time.Second, a.outbox.Tick},
		{"public figures", 5 * time.Second, a.publish},
	} {
		jobs.Go(func() { a.every(background, job.interval, job.name, job.run) })
	}
	if a.config.DatabaseURL != "" {
		jobs.Go(func() { a.listen(background) })
	}
	for d, interval := range map[*duty]time.Duration{a.checking: a.config.HealthInterval, a.looking: a.config.CoverageInterval} {
		if interval > 0 {
			jobs.Go(func() { d.run(background) })
		}
	}
	applied := make(chan error, 1)
	go func() { applied <- a.journals.run(applying) }()
	served := make(chan error, 1)
	go func() { served <- a.fiber.Listener(web.Calm(a.listener)) }()

	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
		a.log.Info("stopping")
		stop, cancel := context.WithTimeout(context.Background(), stopWait)
		defer cancel()
		err = errors.Join(a.fiber.ShutdownWithContext(stop), a.clicks.Close(stop))
		endBackground()
		jobs.Wait()
		endApplying()
		err = errors.Join(err, <-applied, a.views.Flush(stop), quality.write(stop))
	}
	return errors.Join(err, a.Close())
}

// Close frees everything that New and Listen took. It is safe to call twice.
func (a *App) Close() error {
	a.closeOnce.Do(func() {
		for i := len(a.closing) - 1; i >= 0; i-- {
			a.closeErr = errors.Join(a.closeErr, a.closing[i]())
		}
	})
	return a.closeErr
}
