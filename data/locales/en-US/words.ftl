# Names of categories, roles of reviewers, and ways in which a name was read.

category-agent-frameworks = Agent Frameworks
category-app-builders = App Builders
category-automation = Automation
category-browser-automation = Browser Automation
category-code-review = Code Review
category-coding-agents = Coding Agents
category-coding-assistants = Coding Assistants
category-developer-tools = Developer Tools
category-document-parsing = Document Parsing
category-evaluation = Evaluation
category-fine-tuning = Fine-tuning
category-gateways = Gateways
category-gpu-clouds = GPU Clouds
category-image-generation = Image Generation
category-inference-servers = Inference Servers
category-local-runners = Local Runners
category-mcp-tools = MCP Tools
category-memory = Memory
category-models = Models
category-other = Other
category-rag = RAG
category-sandboxes = Sandboxes
category-speech = Speech
category-tracing = Tracing
category-vector-databases = Vector Databases
category-video-generation = Video Generation

role-builder = Builder
role-creator = Creator
role-founder = Founder
role-futurist = Futurist
role-skeptic = Skeptic

# After "“axlotl” was read as Axolotl v0.16": why.
how-exact = the name itself
how-case = the same letters
how-punctuation = the same letters
how-alias = another name of it
how-reordered = the same words in another order
how-vendor-missing = without its maker
how-vendor-extra = with its maker
how-version-missing = without its version
how-version-extra = without the version you typed
how-version-other = it is listed in another version
how-words = some of its words
how-extra-words = its words among others
how-prefix = its first letters
how-abbreviation = a short form
how-acronym = its initials
how-sound = it sounds alike
how-typo = a slip of the keys
