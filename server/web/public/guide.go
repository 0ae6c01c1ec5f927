package public

import (
	"strconv"

	"lensan/server/web/cms"
)

// guide is how to place the link with one content system. Texts are keys.
type guide struct {
	ID     string
	Known  bool // System is set
	System cms.System
	Tier   cms.Tier
	Title  string
	Steps  []string
	Traps  []string
}

// guideSteps says how many steps a system's guide has. "other" comes first in
// force when nothing is chosen.
var guideSteps = map[string]int{"other": 4, "nukeviet": 4, "wordpress": 4, "liferay": 4, "joomla": 4, "drupal": 4, "sharepoint": 4, "dnn": 4, "html": 4}

// guideIDs are the systems to choose from, in the order of the list.
var guideIDs = []string{"nukeviet", "wordpress", "liferay", "sharepoint", "dnn", "joomla", "drupal", "html", "other"}

func newGuide(id string) guide {
	steps, known := guideSteps[id]
	if !known {
		id, steps = "other", guideSteps["other"]
	}
	g := guide{ID: id, Tier: cms.Recommend(id), Title: "public.embed.cms_" + id}
	if g.System, g.Known = cms.Find(id); g.Known {
		g.Traps = g.System.Traps
	}
	for i := range steps {
		g.Steps = append(g.Steps, "public.guide."+id+"_"+strconv.Itoa(i+1))
	}
	return g
}
