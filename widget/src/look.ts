// The style of one badge. In a shadow tree an !important rule for the host wins
// over whatever the page declares, even !important. place holds the
// declarations that put the badge where its picture was; height is that of the
// row with the mark, in px; a low row has none. On paper all is black on white.
// What is contained has no baseline, as the picture had none.
//
// The mark (assets/images/logo.svg without its ground) is a border cut to
// shape: forced colours and paper take grounds away and keep borders.
export const look = (place: string, height: number) => `:host{${(
  "all:initial;direction:ltr;color-scheme:inherit;max-width:100%;overflow:auto;contain:layout;border-radius:8px;cursor:pointer;" + place +
  "}@media screen{:host{color:#fff;color:light-dark(#fff,#000);background:#0b6b3a;background:light-dark(#0b6b3a,#7fd6a4);"
  ).replace(/;/g, "!important;")}}}` +
  "div,a{all:unset;display:inline-flex;align-items:center;box-sizing:border-box;width:100%;min-height:44px;padding:2px 12px;vertical-align:top;overflow-wrap:anywhere}" +
  `:first-child{gap:10px;min-height:${height}px}` +
  `:first-child:before{content:${height > 60 ? "''" : 0};` +
  "height:37px;border-left:35px solid;" +
  "clip-path:path('M17 0 28 13H21V20Q25 13 35 13 35 27 21 27V37H13V30Q0 30 0 17 9 17 13 21V13H6Z')}" +
  "p{margin:0 12px}" +
  "a~a{border-top:1px solid #8888}" +
  "a~a,p{font-size:13px}" +
  "a~a~a{width:50%}" +
  ".f,a:focus-visible{outline:3px solid;outline-offset:-6px}";
