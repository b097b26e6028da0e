"""Appeals for pages and API: who may contest and answer, in one short write each, and links for those locked out."""
