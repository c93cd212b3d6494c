"""How the timelines page looks."""

STYLE = """
:root{--ink:#17212b;--soft:#5b6873;--line:#e3e8ec;--ground:#f3f5f7;--paper:#fff}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,
"Noto Sans",sans-serif}
a{color:inherit}
h1,h2,p,ol{margin:0;padding:0}
.where,time{color:var(--soft);font-size:13px}
header{display:grid;grid-template-columns:minmax(220px,1fr) 3fr;gap:32px;align-items:center;padding:22px 28px;
background:var(--paper);border-bottom:1px solid var(--line)}
header h1{font-size:25px;line-height:1.25;letter-spacing:-.01em}
header h1 a{text-decoration:none}
.latest{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:22px;list-style:none}
.latest li{padding-left:14px;border-left:3px solid var(--line);line-height:1.35}
.latest li:first-child{border-color:#2f8f83}
.latest a{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;font-size:14px;
font-weight:600;text-decoration:none}
.latest a:hover,.text a:hover,header h1 a:hover{text-decoration:underline}
main{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(250px,1fr);gap:22px;align-items:start;padding:24px 28px
;overflow-x:auto}
section{background:var(--paper);border:1px solid var(--line);border-radius:12px;overflow:hidden}
section::before{content:"";display:block;height:4px;background:var(--brand)}
.profile{display:flex;gap:12px;align-items:center;padding:16px 18px;border-bottom:1px solid var(--line)}
.profile>div{flex:1;min-width:0}
.profile h2{font-size:16px;line-height:1.3}
.profile .where{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.face{display:grid;place-items:center;flex:none;width:44px;height:44px;border-radius:50%;background:var(--brand);
color:#fff;font-size:15px;font-weight:700;letter-spacing:.03em}
.face.small{width:34px;height:34px;font-size:12px}
.kind{color:var(--brand);font-size:12px;font-weight:600}
.count{flex:none;align-self:flex-start;padding:1px 9px;border-radius:99px;background:var(--brand);color:#fff;
font-size:12px}
article{padding:16px 18px;border-bottom:1px solid var(--line)}
article:last-child{border-bottom:0}
.byline{display:flex;gap:10px;align-items:center;margin-bottom:9px;line-height:1.3}
.byline b,.byline time{display:block}
.text{white-space:pre-line;overflow-wrap:anywhere}
.text a{color:#0b5cad;text-decoration:none}
.card{display:block;margin-top:12px;border:1px solid var(--line);border-radius:12px;overflow:hidden;
text-decoration:none}
.card:hover{border-color:#b9c4cc}
.picture{display:block;position:relative;margin-top:12px}
.card .picture{margin:0}
.picture img{display:block;width:100%;aspect-ratio:1200/630;object-fit:cover;background:var(--ground)}
article>.picture img{border-radius:12px}
.alt{position:absolute;left:10px;bottom:10px;padding:1px 7px;border-radius:5px;background:rgba(15,20,25,.82);color:#fff;
font-size:11px;font-weight:700;letter-spacing:.04em}
.words{display:block;padding:10px 14px 12px;line-height:1.35}
.words span{display:block;color:var(--soft);font-size:12px}
.nothing{padding:44px 18px;color:var(--soft);text-align:center}
footer{padding:0 28px 28px;color:var(--soft);font-size:13px}
@media(max-width:900px){header,.latest{grid-template-columns:1fr;gap:14px}header,main{padding:18px 16px}
main{grid-auto-flow:row;grid-auto-columns:auto}
footer{padding:0 16px 24px}}
"""
