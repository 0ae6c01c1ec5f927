package cms

// systems holds one row per place that HTML is pasted into. A filter that was
// run: NukeViet 4.5 (Core\Request, its own list of allowed tags), Joomla's
// InputFilter 3 with the default text filter, WordPress 6.1 (wp_kses_post),
// DOMPurify 3.4. One that was read: Drupal 10 (filter_html of the standard
// profile), Liferay 7.4 (its AntiSamy policy), DNN 9.
var systems = []System{
	{
		ID: "nukeviet", Name: "NukeViet 4.5", Editor: "cms.editor_nukeviet", Basis: Measured,
		Link: Kept, Picture: Kept, Script: Refused, Iframe: Changed, Element: Refused, Data: Kept,
		Traps: []string{"cms.trap_break", "cms.trap_color", "cms.trap_hex", "cms.trap_quotes", "cms.trap_iframe_src"}, filter: nukeviet,
	}, {
		ID: "wordpress", Name: "WordPress", Editor: "cms.editor_wordpress", Basis: Measured,
		Link: Kept, Picture: Kept, Script: Refused, Iframe: Refused, Element: Refused, Data: Kept,
		Traps: []string{"cms.trap_srcset", "cms.trap_script_gone"}, filter: wordpress,
	}, {
		ID: "liferay", Name: "Liferay", Editor: "cms.editor_liferay", Basis: Read,
		Link: Kept, Picture: Kept, Script: Kept, Iframe: Kept, Element: Kept, Data: Kept,
		filter: func(source string) string { return source },
	}, {
		ID: "liferay-filtered", Name: "Liferay (AntiSamy)", Editor: "cms.editor_liferay_filtered", Basis: Read,
		Link: Changed, Picture: Changed, Script: Refused, Iframe: Refused, Element: Unknown, Data: Refused,
		Traps: []string{"cms.trap_alt", "cms.trap_noreferrer"}, filter: antisamy,
	}, {
		ID: "sharepoint", Name: "SharePoint", Editor: "cms.editor_sharepoint", Basis: Guessed,
		Link: Unknown, Picture: Unknown, Script: Unknown, Iframe: Unknown, Element: Unknown, Data: Unknown,
		Traps: []string{"cms.trap_form", "cms.trap_allow_list", "cms.trap_permission"},
	}, {
		ID: "dnn", Name: "DNN", Editor: "cms.editor_dnn", Basis: Read,
		Link: Kept, Picture: Kept, Script: Refused, Iframe: Kept, Element: Kept, Data: Refused,
		Traps: []string{"cms.trap_form", "cms.trap_data"}, filter: dnn,
	}, {
		ID: "joomla", Name: "Joomla 4, 5", Editor: "cms.editor_joomla", Basis: Measured,
		Link: Kept, Picture: Kept, Script: Refused, Iframe: Refused, Element: Refused, Data: Kept,
		Traps: []string{"cms.trap_break", "cms.trap_quotes", "cms.trap_entities"}, filter: joomla,
	}, {
		ID: "drupal", Name: "Drupal", Editor: "cms.editor_drupal", Basis: Read,
		Link: Changed, Picture: Refused, Script: Refused, Iframe: Refused, Element: Refused, Data: Refused,
		Traps: []string{"cms.trap_remote_image", "cms.trap_target"}, filter: drupal,
	}, {
		ID: "dompurify", Name: "DOMPurify", Editor: "cms.editor_dompurify", Basis: Measured,
		Link: Changed, Picture: Changed, Script: Refused, Iframe: Refused, Element: Refused, Data: Kept,
		Traps: []string{"cms.trap_target"}, filter: domPurify,
	}, {
		ID: "html", Name: "HTML", Editor: "cms.editor_html", Basis: Read, template: true,
		Link: Kept, Picture: Kept, Script: Kept, Iframe: Kept, Element: Kept, Data: Kept,
		filter: func(source string) string { return source },
	},
}
