"""Everyday prompts, names of models and words that name nobody, and their counterparts that do. Data of test_everyday.py."""

from __future__ import annotations

PROMPTS = """
1girl, blue dress, long hair, smile, looking at viewer
a cup of coffee on a wooden table, morning light
red apple, green leaves, still life
saber, sword, shield, armor
a woman holding a saber, dueling stance
ash, smoke, ruins, burning city
falling ash, volcanic eruption
joker card, playing cards, casino table
a joker card on the floor
raven hair, pale skin
a raven sitting on a branch
jade, necklace, green gemstone
jade earrings, cheongsam
ruby earrings, red dress
ruby, sapphire, emerald, diamond
robin bird, snow, branch
a robin in a winter garden
holo, iridescent, foil
holographic, holo sticker
link, chain, metal
chain link fence, alley
marin, ocean, sailor
power, energy, lightning
power lines, telephone pole, sunset
mercy, angel, light
crow, night, moon
a crow on a gravestone
venom, snake, fangs
cloud sky, horizon
cloud, sky, day
strife, war, battlefield
violet, flower, garden
violet eyes, white hair
amber eyes, brown hair
amber, resin, fossil
mint ice cream, chocolate chips
vanilla, chocolate, strawberry
cinnamon roll, coffee, bakery
sakura, petals, spring
sakura tree, river, bridge
hinata, sunlight
yuki, snow, winter
hana, flowers, kimono
aki, autumn leaves
natsu, summer festival
haru, spring
sora, blue sky
umi, waves, beach
kaze, wind
tsuki, moon, night sky
hoshi, stars
kitsune, fox ears, shrine
miko, shrine maiden, red hakama
oni, horns, mask
samurai, katana, bamboo forest
ninja, shuriken, night
neko, cat ears
usagi, bunny ears
inu, dog
tenshi, angel wings
akuma, devil horns
hime, princess, crown
senpai, school uniform
sensei, blackboard, classroom
kawaii, pastel colors
bishoujo, beautiful girl
bento, rice, tamagoyaki
ramen, chopsticks, steam
onigiri, nori, picnic
matcha, tea ceremony
yukata, fireworks, festival
tokyo, shibuya, neon
osaka castle, autumn
kyoto, temple, maple
hokkaido, snow, lavender field
paris, eiffel tower, cafe
london, rain, red telephone box
venice, gondola, canal
florence, cathedral, sunset
vienna, opera, ball gown
geneva lake, mountains
sydney opera house, harbour
austin texas skyline
phoenix arizona, desert
georgia, peach orchard
virginia, farm, autumn
carolina blue dress
savannah, acacia, lions
alexandria library, scrolls
troy, ancient city walls
sparta warrior, spear
athena, goddess, owl
apollo, sun god, marble statue
zeus, lightning bolt, olympus
hera, queen of gods
artemis, moon goddess, bow
hermes, winged sandals
ares, god of war, helmet
poseidon, trident, waves
aphrodite, sea foam, shell
medusa, snake hair, stone
hades, underworld, dark
persephone, pomegranate, spring
odin, raven, one eye
thor hammer, lightning
loki, trickster, norse
freya, norse goddess, falcon cloak
anubis, jackal head, egypt
isis, egyptian goddess, wings
ra, sun disc
bastet, black cat, gold jewelry
cleopatra, egyptian queen
nero, roman emperor
caesar, rome, toga
arthur, knight, round table
merlin, wizard, staff
lancelot, knight, lake
excalibur, sword in stone
guinevere, queen, medieval
robin hood, forest, bow
king arthur, castle
dracula, vampire, castle
frankenstein monster, laboratory
mummy, bandages, tomb
werewolf, full moon
phantom, opera mask
siren, sea, rocks
sphinx, desert, pyramid
griffin, wings, mountain
phoenix, fire, rebirth
dragon, scales, fire
unicorn, rainbow, meadow
pegasus, clouds, wings
kraken, ship, storm
hydra, swamp, heads
chimera, lion, goat
titan, giant, mountains
golem, stone, runes
gargoyle, cathedral, rain
banshee, mist, moor
valkyrie, wings, battlefield
succubus, wings, tail
elf, pointy ears, forest
dwarf, beard, axe
orc, green skin, tusks
goblin, cave, lantern
fairy, wings, mushrooms
mermaid, coral reef, bubbles
witch, broom, pumpkin
vampire girl, red eyes, fangs
zombie, graveyard, fog
skeleton, bones, lantern
ghost, white sheet, haunted house
pirate, ship, treasure
cowboy, desert, horse
detective, trench coat, rain
spy, sunglasses, suit
soldier, rifle, helmet
pilot, cockpit, clouds
nurse, hospital, clipboard
chef, kitchen, steam
astronaut, moon, earth
mechanic, garage, oil
librarian, bookshelf, glasses
teacher, classroom, chalk
idol, stage, microphone
ballerina, tutu, theater
boxer, ring, gloves
surfer, wave, sunset
skater, skateboard, street
tracer, bullet, night
reaper, scythe, hood
widow, black veil
black widow spider, web
black cat, halloween
black panther in the jungle
red hood, cloak, forest
little red riding hood, wolf
snow white dress, winter
sleeping beauty pose, bed
cinderella dress, carriage
alice band, blonde hair
alice in wonderland tea party
mad hatter hat, teacup
white rabbit, pocket watch
peter pan collar, blouse
pan, flute, satyr
wendy, nightgown
hook, harbor, pirate
ariel font, typography
jasmine, white flower, tea
aurora, northern lights
belle of the ball, yellow gown
rapunzel hair, tower
frozen lake, ice
brave knight, highland
cars, traffic, street
up, looking up
soul, spirit, glow
coco, chocolate drink
turning red, embarrassed
onward march
inside out jacket
big hero pose
bolt, lightning
tangled hair
bleach, bleached hair
bleach blonde hair, tan
one piece swimsuit, beach
one piece, pool
fairy tail
clover field
lock, key, door
note, pen, paper
hunter, bow, forest
hunter x
monster, teeth, dark
berserk rage
fate, destiny, tarot
stay night out
air, wind, feathers
overlord, throne, dark armor
another world, portal
another, mirror
monster girl, tentacles
dungeon, torch, treasure chest
made in china
in abyss
spy family portrait
family portrait, living room
kill, blood
la la land mood
ghost in shell
totoro plush
spirited dance
castle in the sky
princess, tower, ribbon
howl, wolf, moon
the wind rises over the field
your name on a sign
weathering, rusted metal
garden of words
voice, microphone
silent forest, mist
a silent voice whispers
perfect blue sky
paprika, spices, market
tokyo godfathers
wolf children playing
boy and beast
children of the sea
ride your wave
apex predator, lion
valor, knight
halo, angel, wings
halo ring light portrait
doom, hell, fire
quake, earth cracks
portal, blue and orange
half life
wasteland, gas mask
oblivion, void, stars
cyberpunk, neon, rain
cyberpunk city, 2077
control room, monitors
journey through the desert
limbo, shadow
inside, room
bastion, castle, walls
transistor, circuit board
pyre, flames, night
destiny, stars
anthem, flag
control, hands
death, scythe
stranding boat
gear, clockwork
resident, apartment
devil, horns
mega, giant
final, end
fantasy, castle, dragon
quest board, tavern
chrono, clock
tales, book
star ocean
persona, mask
persona, masquerade
catherine wheel
okami, wolf
fighter jet, clouds
mortal, human
guilty, tears, gear
blaz, blue flame
king of spades
ink, splatter, calligraphy
kirby vacuum cleaner
mother, child, tender
peach, fruit, juice
daisy, flower field
toad, pond, lily pad
donkey, farm
pikachu plush
mew, kitten
may, spring flowers
dawn, sunrise, mountains
misty forest, morning
misty, lake, fog
iris, flower, close-up
iris print
rosa, pink
mallow, marshmallow
penny coin, macro
leaf, green, macro
red, blue, yellow
gold, silver, crystal
crystal ball, fortune teller
blue, ocean
green, forest
silver hair, red eyes
ethan, man in suit
lyra, harp, stars
barbara, woman, 1950s
lisa, purple hat
mona lisa painting
venti coffee cup
aether, sky, particles
xiao, night
razor blade, macro
sucrose, sugar crystals
jean jacket, denim
layla, night, stars
wanderer above the sea of fog
march, spring, wind
march 7
kafka on the shore book
blade, steel, forge
serval cat, savanna
silver wolf in the snow
sparkle, glitter
black swan, lake
acheron river
robin, red breast
sunday morning, coffee
firefly, night, jar
boothill cemetery
misha bear
billy goat
soldier, helmet
jane doe
caesar salad
lighter, flame, cigarette
shark girl, ocean
nekomata, two tails
ace of spades
king of hearts, card
queen of hearts, card
jack of clubs
nami, wave
robin's egg blue
brook, stream, forest
chopper, helicopter
vivi, color
boa, feather boa
law, scales of justice, courtroom
kid, playground
big mom
ace pilot
marco polo, ship
yamato, battleship
hancock building, chicago
ichigo, strawberry, cake
ichigo parfait
momo, peach
tier, cake stand
lust, sin
gluttony, feast
envy, jealousy
greed, gold coins
pride, lion
wrath, fire
sloth, tree
edward, victorian man
scar, face
hawkeye camera photo
vision, glowing eyes
falcon in flight
hulk muscles
storm, lightning, sea
rogue, dagger, hood
beast, fur
cyclops, one eye, giant
wolverine animal, snow
gambit chess
nightcrawler worm
jubilee party
phoenix bird
frost, window, ice
angel, feathers
colossus statue, harbor
cable, wires
domino tiles
hawk, sky
ant, macro, leaf
wasp, macro
doctor, lab coat
strange, surreal
panther, jungle
captain, ship, uniform
america flag
iron, steel, forge
spider web, dew
flash, photography
flash photography, night
arrow, target
atom, nucleus
cyborg woman, neon
green lantern, japanese festival
lantern, river
wonder, awe
wonder woman costume
super, hero pose
bat, cave
batman t-shirt
cat woman, ears
poison ivy on a wall
ivy, brick wall
harley davidson, motorcycle
harley, leather jacket
joker, clown, cards
penguin, ice
riddle, scroll
bane, mask
scarecrow, corn field
two face painting
robin, nest, eggs
night wing, owl
star fire, meteor
raven, book, candle
terra, earth, soil
constantine coin, roman
swamp, fog
sandman sculpture, beach
lucifer, fallen angel
death, skeleton, roses
dream, pillows, clouds
desire, roses
delirium, colors
destruction, ruins
starlight, night
butcher shop, meat
frenchie dog
saga, viking
spawn, eggs, fish
matrix, green code
neo, futuristic
trinity, cathedral window
alien, planet, ship
predator, lion hunting
terminator seeds
rocky mountains, lake
indiana landscape, farm
trek, mountains
data, servers
han dynasty vase
solo, 1girl
finn, dolphin
poe, raven
avatar, profile picture
titanic ship, iceberg
king, crown, throne
kong island
gremlin, engine
ghost busters
beetle juice
edward scissors
corpse, bride, gothic
nightmare, shadow
christmas tree, gifts
jack, pumpkin
missing link
toothless smile, old man
panda, bamboo
po, river
tigress, jungle
crane, bird, lake
viper, snake
monkey, tree
mantis, macro
ice age mammoth
rio carnival
robots, factory
epic landscape
ferdinand bull
spies in disguise
the croods
turbo engine
home, cozy
boss baby
captain underpants
bee, flower
shark tale
over the hedge
madagascar, baobab
penguins, ice
prince, egypt
el dorado, gold
sinbad sailor
spirit, horse
chicken run
boots, leather
blue, clues
bob, haircut
bob cut, black hair
oscar statue
big bird, desert
count, castle
miss piggy
animal, drums
rex, dinosaur
woody plant
buzz cut, man
bullseye, target
slinky toy
bo peep sheep
boo, ghost
marlin, fish
crush, red
linguini, plate
wall, brick
a portrait of a young woman with freckles, soft window light, 85mm
beautiful detailed eyes, detailed face, masterpiece, best quality
a photo of a street market in hanoi, rain, umbrellas, reflections
ultra detailed, intricate, octane render, unreal engine 5, artstation
oil on canvas, baroque, chiaroscuro, dark background
1boy, muscular, beard, flannel shirt, lumberjack
2girls, holding hands, school rooftop, sunset
solo focus, cowboy shot, from below, dutch angle
white shirt, pleated skirt, thighhighs, loafers
gothic lolita, frills, parasol, rose garden
kimono girl under wisteria, lanterns, night festival
a knight in shining armor riding a white horse
a lighthouse on a cliff, storm, crashing waves
cozy cabin in the woods, snow, warm windows
mystical forest, glowing mushrooms, fireflies
an old fisherman mending nets at the harbour
steam locomotive crossing a viaduct
vintage car parked in front of a diner
isometric room, low poly, pastel
pixel art, 16bit, side scroller, forest level
flat vector illustration, geometric shapes
isometric castle, voxel
product photo of a perfume bottle, marble, splash
food photography, burger, fries, dark wood
a plate of sushi, wasabi, soy sauce
strawberry cake with whipped cream
chocolate lava cake, vanilla ice cream
a glass of whiskey, ice, amber glow
matcha latte art, ceramic cup
butterfly on a flower, macro photography, bokeh
hummingbird, hibiscus, motion blur
a wolf howling at the moon, pine forest
tiger, jungle, water drops
golden retriever puppy, grass
british shorthair cat, yellow eyes, window
barn owl, tree hollow, night
red panda eating bamboo
polar bear, iceberg, aurora
koi fish pond, lily pads
jellyfish, deep sea, glowing
seahorse, coral, sunbeams
dinosaur, volcano, ferns
robot, rust, abandoned factory
mecha, cockpit, hangar, sparks
spaceship interior, corridor, red light
alien landscape, two moons, crystals
astronaut floating above earth
black hole, accretion disk, stars
nebula, purple and teal, galaxy
cyborg, chrome, wires, neon rain
hacker, hoodie, monitors, green light
samurai, cherry blossoms, duel
geisha, red lips, paper umbrella
ninja on a rooftop, full moon
ronin walking in the rain, straw hat
viking, longship, fjord
roman legionary, shield wall
egyptian queen, gold headdress, hieroglyphs
greek goddess, marble columns, laurel
aztec warrior, jaguar pelt
celtic knot, druid, standing stones
persian rug, tea, hookah
indian bride, henna, gold jewelry
african queen, colorful headwrap
flamenco dancer, red dress, fan
victorian lady, corset, gas lamps
1920s flapper, pearls, jazz club
1950s pin-up, polka dots, diner
1980s aerobics, neon leotard
90s grunge, plaid, record store
punk girl, mohawk, leather jacket
goth girl, black lipstick, choker
e-girl, headphones, led lights
elf archer, green cloak, forest
orc warlord, axe, banner
dwarf blacksmith, anvil, sparks
tiefling sorcerer, purple skin, horns
dragonborn paladin, golden scales
half elf bard, lute, tavern
necromancer, skull staff, green fire
paladin, holy light, hammer
rogue, daggers, shadows, hood
ranger, bow, wolf companion
cleric, sun symbol, mace
druid, antlers, vines
monk, temple, meditation
barbarian, furs, great axe
warlock, tentacles, purple flame
wizard tower, books, candles
healer, white robe, staff
assassin, hooded, rooftop
mage, fire magic, runes
summoner, circle, spirits
angel, halo, feathers, clouds
demon, lava, chains
vampire lord, red wine, throne
ghost bride, veil, mist
plague doctor, mask, cane
scarecrow, crows, corn field
clown, balloons, circus tent
ringmaster, top hat, whip
puppet, strings, stage
doll, porcelain, cracked face
teddy bear, bed, moonlight
toy soldier, nutcracker
rubber duck, bathtub
hot air balloons, valley
ferris wheel, dusk, carnival
carousel horse, lights
roller coaster, sky
train station, steam, farewell
airport lounge, suitcase
subway, crowd, motion blur
bookstore, cat, rainy day
library, ladder, dust
observatory, telescope, stars
greenhouse, ferns, glass
vineyard, sunset, grapes
wheat field, wind, barn
rice terraces, fog, farmer
tea plantation, hills
bamboo grove, path
zen garden, raked sand
torii gate, sea, sunrise
pagoda, autumn, lake
onsen, steam, snow
tatami room, shoji, tea
vending machine, night street, rain
konbini, neon, bicycle
arcade, crane game, lights
karaoke room, microphone
classroom, desk, window seat
gym, volleyball, knee pads
swimming pool, goggles
tennis court, racket
soccer field, goal
baseball bat, cap, dugout
basketball hoop, sunset
ice rink, skates, scarf
ski slope, goggles
mountain bike, trail
surfboard, palm tree
sailing boat, spray
scuba diver, wreck
climbing wall, chalk
yoga mat, sunrise
ballet shoes, mirror
violin, sheet music
grand piano, stage, spotlight
electric guitar, amp, smoke
drum kit, sweat
dj, turntables, lasers
choir, candles, church
opera singer, red curtain
street musician, hat, coins
painter, easel, studio
sculptor, clay, apron
potter, wheel, kiln
tailor, mannequin, scissors
barber, razor, chair
baker, flour, oven
butcher, apron
florist, bouquets
farmer, tractor
miner, lamp, tunnel
carpenter, wood, saw
welder, sparks, mask
firefighter, helmet, flames
police officer, night, siren
doctor, stethoscope
scientist, flask, lab
archaeologist, brush, ruins
explorer, map, compass
photographer, tripod
journalist, notebook
judge, gavel
king, throne, crown
queen, robe, scepter
prince, horse, cape
princess, tower, dragon
jester, bells
bard, song
monk copying a book
executioner, hood
gladiator, arena
pharaoh, pyramid
shogun, castle
emperor, dragon robe
empress, peacock
sultan, palace
maharaja, elephant
cossack, horse
cowboy, revolver, dust
sheriff, badge, saloon
outlaw, bandana
gold miner, pan
hunter, deer, snow
trapper, fur, cabin
lumberjack, axe
hitchhiker, road
biker, leather, highway
trucker, cap
racer, helmet, track
mechanic, grease
boxer, gloves
wrestler, ring
sumo, clay ring
fencer, foil
archer, target
kendo, armor
karate, dojo
judo, mat
mai tai, cocktail, beach bar
bloody mary, celery, glass
tom collins, lemon
shirley temple drink, cherry
arnold palmer, ice tea
margarita, salt rim
cosmopolitan, martini glass
sangria, oranges
earl grey tea, biscuits
jasmine rice, curry
basil, tomato, mozzarella
rosemary, lamb, garlic
sage, thyme, pepper
ginger, lemon, honey
saffron, paella
cinnamon, apple pie
nutmeg, pumpkin
clover, honey, bee
heather, moor, mist
holly, berries, snow
hazel eyes, chestnut hair
olive skin, dark curls
pearl, oyster, sea
opal, moonlight
onyx, silver
garnet, gold ring
topaz, aquamarine
coral reef, turquoise
ivory, piano keys
ebony, carved mask
scarlet dress, ballroom
crimson moon, castle
indigo, dye, fabric
teal, orange, complementary colors
magenta, cyan, print
cobalt, glaze, vase
sienna, umber, palette
ochre, desert
charcoal, sketch, paper
pastel, chalk
sepia, old photograph
noir, venetian blinds
monochrome, rain
rose, thorn, glass dome
lily, pond, frog
iris, van
poppy, field
daisy, chain
dahlia, vase
peony, ink painting
lotus, temple
orchid, orchard
marigold, altar
sunflower, summer
lavender, provence
wisteria, arbor
camellia, snow
hydrangea, rainy season
chrysanthemum, autumn
lilac, spring
violet, forest floor
jasmine, night
magnolia, branch
azalea, garden
fern, moss
ivy, ruin
willow, river
maple, lake
birch, fog
cedar, mountain
oak, meadow
elm street, autumn
pine, snow
ash tree, meadow
hazel tree, squirrel
""".strip().splitlines()
"""Prompts whose words are names as well, and mean none here: cards, gems, birds, gods, towns, drinks, months."""

MODELS = """
add_detail more_details epiNoiseoffset_v2 blindbox_v1_mix GlowingRunesAI ClothingAdjuster3 hair_length_slider_v1
age_slider_v4 weight_slider_v2 eyes_gen better_hands LowRA filmgrain_slider cinematic_lighting neon_noir_v2
cyberpunk_edge_style steampunkai watercolor_v1 oil_painting_xl pixel-art-xl ghost_v1 fire_vfx ice_queen_dress
winter_coat school_uniform_v3 maid_outfit nurse_cap kimono_dress hanfu_v30 cheongsam_v1 qipao bunny_suit
santa_costume witch_hat ballgown leather_jacket latex_v2 denim_shorts hoodie_v1 sweater_dress swimsuit_bundle
yoga_pants combat_boots cat_ears_headphones angel_wings_v2 demon_horns elf_ears mermaid_tail dragon_girl fox_girl_v2
slime_girl robot_girl_v1 catgirl mecha_v1 tank_v2 steam_train vintage_car f1_car motorbike_v3 spaceship_v1 castle_v1
village_v2 cozy_room library_interior coffee_shop ramen_shop shinto_shrine zen_garden forest_path waterfall_v2
desert_dunes snow_mountain northern_lights galaxy_v1 moon_phase sunset_beach rainy_window cherry_blossoms
autumn_leaves lavender_field jade_pendant ruby_ring amber_light violet_evening raven_wings crow_feather robin_bird
holo_foil link_chain power_armor mercy_angel saber_sword ash_cloud joker_card TheMoon The_Moon the_sun_tarot
the_world_tarot magician_card red_thread blue_hour golden_hour_v1 black_and_white sketch_lines lineart_v2 ink_wash
manga_panel comic_halftone retro_anime_90s vaporwave_v1 lofi_room polaroid_photo film_noir dslr_bokeh macro_lens
fisheye_v1 tiltshift lowkey_portrait studio_light rim_light candle_light my_oc_v1 luna_oc aria_v2 zoe_v1 mina_v3
yuki_oc kuro_v1 sakura_girl haru_oc kaito_oc elena_v2 sofia_v1 bella_v1 nadia_oc viktor_oc ivan_v1 leon_v2 marcus_oc
felix_v3 oliver_v1
""".split()
"""Names of models that are of nobody: sliders, clothes, places, moods, and first names of the maker's own characters."""

WORDS = """
aardvark accordion actor admiral africa alaska albatross alchemist alligator almond alpaca altair amazon amber
anchor andes ant antares anteater antelope antenna anvil ape apple apricot aqua aquamarine archer architect arctic
argentina ariel arizona armadillo armchair artichoke artist asia asparagus assassin asteroid astronaut athens
athlete atlanta auburn aurora australia austria avalanche avocado awl axe azure baboon babylon backpack bacon badger
bag bagel baker bali balloon banana bandage bangkok banjo banner barber barcelona barley baron barrel basil basin
basket bass bassoon bat battery bean bear beaver bee beef beet beetle beige beijing belgium bell bellows belt bench
berlin biscuit bishop bison black blackberry blacksmith blade blanket blizzard blue blueberry boar bolivia bolt bomb
bombay bongo boston bottle bow bowl box bracelet brazil bread breeze brick bridge broccoli bronze brooklyn broom
brown brownie brush brussels bucket budapest buffalo bugle bulgaria bull burger burgundy butler butter butterfly
button cabbage cabinet cage cairo cake calendar california callisto cambodia camel camera canada canary candle candy
cannon canvas captain capybara caramel caribou carolina carpenter carpet carrot casablanca cashew caster castor cat
caterpillar cattle cauliflower caviar celery cello cereal cerulean chainmail chair chalk chancellor chandelier
charcoal chartreuse cheese cheetah chef cherry chestnut chicago chicken chile chili chimpanzee china chinchilla
chipmunk chisel chocolate cider cinnamon citrus clam clamp clarinet clerk clock closet cloud clove clown cobalt
cobra cockroach cocoa coconut cod coffee coin colombia comb comet compass computer congo cook cookie copenhagen
copper coral corgi corn corsica count countess courier cow cowboy coyote crab cracker cradle cranberry crane cream
crete cricket crimson croatia crocodile croissant crossbow crow crowbar crown cuba cucumber cuirass cup cupcake
curry curtain cushion custard cutlass cyan cyclone cymbal cyprus dagger dakota damascus dancer date deacon dean deer
deimos delhi deneb denmark dentist denver desk detective detroit dew diary dice dingo dione dish doctor dog doll
dolphin donkey donut door dove downpour dragonfly drawer drill drizzle drought drum drummer drums dublin duchess
duck duke dumpling dust eagle earl earthquake ebony eclipse ecru eel egg eggplant egypt elephant elk emerald emperor
empress emu engineer england envelope espresso ethiopia europa europe executioner falcon fan farmer faucet feather
fence fencer fennec fennel ferret fiddle fig fiji file finch finland firefly fish fisherman flag flail flamingo flan
flashlight flask florence florist flute fly fog fork fountain fox frame france frog frost fuchsia fudge furnace
galaxy gale gambler ganymede gardener garlic gauntlet gazelle gecko general geneva georgia gerbil germany ghana
ginger giraffe gladiator glass globe glove gnat goat goblet gold golden goldfish goose gorilla governor grape
grapefruit grasshopper gravy gray greece green greenland grenade grouse guard guava guitar gull gunner gust hail
halberd ham hamburg hammer hamster hanger hare harmonica harness harp harvester hatchet havana hawaii hawk haze
hazel hazelnut heat hedgehog helmet helsinki herald herb hermit heron hinge hippo hoe honey honolulu hook hornet
horse hound hourglass houston hummingbird hungary hunter hurricane hyena iapetus ibex ice iceland iguana impala
india indigo indonesia inkwell innkeeper iran iraq ireland iron israel istanbul italy ivory jackal jade jaguar
jakarta jam jamaica janitor japan jar java jay jelly jellyfish jerusalem jester jewel jeweler jordan journal judge
jug juggler juice jupiter kale kangaroo kansas kenya ketchup kettle key keyboard khaki kimchi king kingfisher kite
kitten kiwi knife knight koala koi korea kuwait kyoto ladder ladybug lamb lamp lance lantern laos lark lasagna lathe
latte lavender lebanon leek lemming lemon lemonade lemur lens lentil leopard letter lettuce lever librarian libya
lightning lilac lima lime lion lisbon lithuania liverpool lizard llama lobster lock locket locust london longbow
lord louisiana luna lute luxembourg lychee lynx lyra lyre macaron macaw mace machete madagascar madrid magenta
magician magnet magpie mahogany maid malaysia mali mallard mallet malta mammoth manatee manchester mandolin mango
manhattan manila mantis map maple maraca marmalade maroon marquis mars marseille marshal mask mason mat mauve mayo
mayor meat medal medic meerkat melbourne melon memphis merchant mercury meringue meteor mexico miami milan milk
mimas miner minister mink mint miranda mirror mist mocha mole monaco mongolia mongoose monk monkey monsoon montana
montreal moon moose morocco moscow mosquito moth mouse muffin mug mule mumbai munich mushroom musician musket
mustard naan nail nairobi nanny napkin naples narwhal navigator navy nebula necklace needle nepal neptune nest net
netherlands nevada newt niger nigeria nightingale noodle norway notebook nougat nun nurse nut nutmeg oar oat oberon
oboe ocelot ochre octopus officer okapi oklahoma olive omelette onion opossum oracle orange orangutan orca oregano
oregon organ orion orlando oryx osaka oslo ostrich ottawa otter oven owl ox oxford oyster paint painter pakistan
palestine pan panama pancake panda panther papaya paper paprika paraguay parakeet parasol parchment paris parrot
parsley partridge pasta pastry peach peacock peanut pear peasant pecan pedal pelican pen pencil pendant penguin
pepper perfume periwinkle peru pheasant philadelphia philippines phobos piano piccolo pickle pie pig pigeon pika
pilgrim pillow pilot pin pineapple pink pipe piranha pirate pistachio pistol pitcher pizza planet plate platinum
platypus pliers plow plug plum plumber pluto pocket poet poland polaris pollux pomegranate pony poodle popcorn pope
porcupine porpoise porter portland portugal possum poster pot potato pouch prague pretzel priest prince princess
professor prophet pudding puffin pulley puma pumpkin puppy purple purse puzzle quail quebec queen quiche quill quilt
quinoa rabbit raccoon radio radish rain rainbow raisin rake ram ramen ranger rapier raspberry rat ratchet raven
ravioli razor reaper recorder red referee reindeer revolver rhea rhino rhubarb ribbon rice rifle rigel ring rio
risotto rivet robe robin roll romania rome rooster rope rose rosemary ruby rug rum russet russia rust saber sable
sabre sack saddle saffron sahara sailor salad salamander salami salmon salt samoa samurai sandpaper sandwich
sapphire sardine saturn sauce sausage saw saxophone scale scallop scarf scarlet scholar scientist scissors scone
scorpion scotland scout screw screwdriver scroll sculptor scythe seahorse seal seattle seaweed senegal sentinel
seoul sepia serbia sergeant sesame shanghai shark shears sheep shelf shepherd sherbet sheriff shield shoe shogun
shotgun shovel shrew shrimp siberia sicily sickle sienna sieve silver singapore singer sink sirius sitar skate skunk
slate sled sleet sloth slovakia slovenia slug smith smog snail snake sniper snow soap soda sofa sol soldier somalia
sorbet sorcerer soup soy spade spaghetti spain spanner sparrow spear spica spider spinach spoon spring sprout spy
squall squash squid squire squirrel staff stamp star starfish statue steak steward stingray stockholm stool stork
storm stove straw strawberry string student sudan sugar suitcase sultan sun sunshine surgeon surveyor sushi swallow
swan sweden switzerland sword sydney syria syrup table taco tahiti tailor taiwan tambourine tan tangerine tanzania
tape tapir tart taupe tea teacher teal tehran tempest tempura tennessee tent termite terracotta tethys texas
thailand thief thread thunder thyme tibet ticket tiger tile tinker titan titania toad toast toffee tofu togo tokyo
tomato tongs torch tornado toronto tortoise toucan towel toy trader trapper tray triton trombone trophy trout trowel
truffle trumpet trunk tsunami tuba tube tuna tunisia turkey turnip turquoise turtle typhoon uganda ukraine ukulele
umber umbrella umbriel uranus urn uruguay usher utah uzbekistan vagabond valet vancouver vanilla vase vega veil
venezuela venice venus vermilion vermont vicar vienna vietnam viola violet violin viper virginia vise vizier vulture
waffle wagon waiter waitress wales wallaby wallet walnut walrus wand warden warrior warsaw wasabi washington wasp
watch watchman watermelon weasel weaver wedge whale wheat wheel whip whirlwind whisk whistle white wind window wine
witch wizard wolf wombat woodpecker worm wreath wren wrench writer wyoming xylophone yak yam yellow yemen yogurt
zambia zebra zipper zurich
""".split()
"""Instruments, animals, food, colours, tools, weather and sky, things, callings, places."""

NAMED: list[tuple[str, str]] = [
    ("violet evergarden, letters", "violet_evergarden"),
    ("hatsune miku, stage, lights", "hatsune_miku"),
    ("a portrait of hatsune miku in a library", "hatsune_miku"),
    ("1girl, rem (re:zero), maid", "rem_(re:zero)"),
    ("power (chainsaw man), horns", "power_(chainsaw_man)"),
    ("power from chainsaw man", "power_(chainsaw_man)"),
    ("saber (fate), sword", "saber_(fate)"),
    ("amber (genshin impact), bow", "amber_(genshin_impact)"),
    ("ganyu, snow", "ganyu_(genshin_impact)"),
    ("a photo of keqing in a market", "keqing_(genshin_impact)"),
    ("jade (honkai: star rail), snake", "jade_(honkai:_star_rail)"),
    ("robin (honkai: star rail), microphone", "robin_(honkai:_star_rail)"),
    ("ruby rose, scythe, rwby", "ruby_rose"),
    ("raven branwen, sword", "raven_branwen"),
    ("cloud strife, buster sword", "cloud_strife"),
    ("tifa lockhart, gloves", "tifa_lockhart"),
    ("princess zelda, triforce", "princess_zelda"),
    ("link (zelda), green tunic", "link"),
    ("mercy (overwatch), wings", "mercy_(overwatch)"),
    ("tracer (overwatch), goggles", "tracer_(overwatch)"),
    ("holo (spice and wolf), apple", "holo"),
    ("kitagawa marin, camera", "kitagawa_marin"),
    ("ash ketchum, cap", "ash_ketchum"),
    ("dawn (pokemon), scarf", "dawn_(pokemon)"),
    ("pikachu, forest", "pikachu"),
    ("a painting of pikachu in the rain", "pikachu"),
    ("nami (one piece), map", "nami_(one_piece)"),
    ("monkey d. luffy, straw hat", "monkey_d._luffy"),
    ("uzumaki naruto, ramen", "uzumaki_naruto"),
    ("haruno sakura, pink hair", "haruno_sakura"),
    ("sakura haruno, pink hair", "haruno_sakura"),
    ("souryuu asuka langley, plugsuit", "souryuu_asuka_langley"),
    ("ayanami rei, moon", "ayanami_rei"),
    ("frieren, staff", "frieren"),
    ("fern (sousou no frieren), purple hair", "fern_(sousou_no_frieren)"),
    ("makima, red eyes", "makima_(chainsaw_man)"),
    ("gojou satoru, blindfold", "gojou_satoru"),
    ("gojo satoru, blindfold", "gojou_satoru"),
    ("satoru gojo, blindfold", "gojou_satoru"),
    ("kamado nezuko, bamboo", "kamado_nezuko"),
    ("tanjiro kamado, sword", "kamado_tanjirou"),
    ("sui-feng, bleach", "sui-feng"),
    ("kiryuin satsuki, kill la kill", "kiryuuin_satsuki"),
    ("joker (persona), mask", "amamiya_ren"),
    ("spider-man swinging between towers", "spider-man"),
    ("a photo of batman on a roof", "batman"),
    ("wonder woman, lasso", "wonder_woman"),
    ("harley quinn, bat", "harley_quinn"),
    ("iron man, armor", "iron_man"),
    ("2b (nier:automata), blindfold", "2b_(nier:automata)"),
    ("lara croft, bow", "lara_croft"),
    ("geralt of rivia, wolf", "geralt_of_rivia"),
    ("jinx (league of legends), braids", "jinx_(league_of_legends)"),
    ("ahri (league of legends), tails", "ahri_(league_of_legends)"),
    ("hakurei reimu, shrine", "hakurei_reimu"),
    ("kirisame marisa, broom", "kirisame_marisa"),
    ("gawr gura, shark", "gawr_gura"),
    ("houshou marine, pirate", "houshou_marine"),
    ("elsa (frozen), ice", "elsa_(frozen)"),
    ("queen elsa, ice", "elsa_(frozen)"),
    ("mickey mouse, gloves", "mickey_mouse"),
    ("hello kitty, bow", "hello_kitty"),
    ("homura akemi, shield", "akemi_homura"),
    ("lilo pelekai, beach", "lilo_pelekai"),
    ("izumi sagiri, tablet", "izumi_sagiri"),
    ("初音ミク, ステージ", "hatsune_miku"),
]  # fmt: skip
"""Prompts that name somebody, and whom."""

NAMED_MODELS: list[tuple[str, str]] = [
    ("HatsuneMiku_v2", "hatsune_miku"),
    ("fern_frieren", "fern_(sousou_no_frieren)"),
    ("asuka_eva", "souryuu_asuka_langley"),
    ("csm_power-13", "power_(chainsaw_man)"),
    ("zelda_botw", "princess_zelda"),
    ("gwen_spiderman", "gwen_stacy"),
    ("firefly_honkai", "firefly_(honkai:_star_rail)"),
    ("peach_mario", "princess_peach"),
    ("taihou_azur", "taihou_(azur_lane)"),
    ("marin_bisquedoll", "kitagawa_marin"),
    ("saber_fgo", "saber_(fate)"),
    ("sakura_naruto", "haruno_sakura"),
    ("KyokaJirou-01", "jiro_kyoka"),
    ("ganyuv3", "ganyu_(genshin_impact)"),
    ("misa_deathnote", "amane_misa"),
    ("rangiku-10", "matsumoto_rangiku"),
    ("wlop", "wlop"),
]  # fmt: skip
"""Names of models that name somebody, and whom."""
