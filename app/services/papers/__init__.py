"""Papers as tagged PDF (PDF/UA-1), set by typst from templates in `resources/papers`. No Qt."""
